import type { ChildBar, FaultBand, ReportData } from '../report-data.js';

/** Where the lane of a node is, in pixels from the top of all lanes. */
export interface Lane {
  readonly node: number;
  readonly top: number;
  readonly height: number;
  /** Where its events are and its messages begin and end. */
  readonly line: number;
  readonly bars: readonly PlacedBar[];
}

export interface PlacedBar {
  readonly bar: ChildBar;
  readonly top: number;
  readonly height: number;
}

export interface PlacedBand {
  readonly band: FaultBand;
  readonly row: number;
}

/** Lanes for the nodes that are shown, as high as the room allows and as their children need. */
export function laneLayout(
  { nodes, bars }: ReportData,
  isShown: { node(node: number): boolean; child(child: number): boolean },
  roomHeight: number,
): Lane[] {
  const shown = nodes.map((_, node) => node).filter((node) => isShown.node(node));
  const height = Math.max(HEIGHT_MIN, Math.min(HEIGHT_MAX, roomHeight / Math.max(1, shown.length)));
  return shown.map((node, at) => {
    const top = at * height;
    const own = bars.filter((bar) => bar.node === node && isShown.child(bar.child));
    const rows = packed(own, ({ fromUs, toUs, ghostUs }) => [fromUs, Math.max(toUs, ghostUs ?? 0)]);
    const count = Math.max(1, ...rows.map((row) => row + 1));
    const pitch = Math.min(BAR_MAX, (height - LINE_AT - 6) / count);
    const placed = own.map((bar, index) => ({
      bar,
      top: top + LINE_AT + 5 + (rows[index] as number) * pitch,
      height: Math.max(2, pitch - (pitch > 6 ? 2 : 0.5)),
    }));
    return { node, top, height, line: top + LINE_AT - 4, bars: placed };
  });
}

/** Bands in rows, so that none covers another; `labelUs` is the room that a text needs. */
export function bandRows(bands: readonly FaultBand[], labelUs: number): PlacedBand[] {
  const rows = packed(bands, ({ kind, fromUs, toUs }) => [
    fromUs,
    kind === 'down' ? fromUs + labelUs : Math.max(toUs, fromUs + labelUs),
  ]);
  return bands.map((band, at) => ({ band, row: rows[at] as number }));
}

/** The first row for each span in which it overlaps nothing. The spans come in order. */
export function packed<T>(spans: readonly T[], ends: (span: T) => [number, number]): number[] {
  const free: number[] = [];
  return spans.map((span) => {
    const [from, to] = ends(span);
    const row = free.findIndex((until) => until <= from);
    const taken = row === -1 ? free.length : row;
    free[taken] = to;
    return taken;
  });
}

const HEIGHT_MIN = 46;
const HEIGHT_MAX = 150;
const LINE_AT = 15;
const BAR_MAX = 22;
