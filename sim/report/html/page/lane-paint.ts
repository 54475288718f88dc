import type { FaultBand } from '../report-data.js';
import type { Lane, PlacedBar } from './lane-layout.js';
import type { Drawn, Scene } from './scene.js';

type Context = CanvasRenderingContext2D;

/** Lanes, and what faults do to them. */
export function paintLanes(context: Context, scene: Scene, drawn: Drawn): void {
  const { lanes, palette, view, lanesTop } = scene;
  for (const [at, lane] of lanes.entries()) {
    context.fillStyle = at % 2 === 0 ? palette.lane : palette.ground;
    context.fillRect(view.left, lanesTop + lane.top, view.width, lane.height);
    drawn.lanes += 1;
  }
  for (const { band } of scene.bands) {
    if (!isInView(scene, band.fromUs, band.toUs)) continue;
    drawn.bands += 1;
    for (const [at, node] of band.nodes.entries()) {
      const lane = scene.laneOf.get(node);
      if (lane !== undefined) paintBand(context, scene, { band, lane, side: band.sides[at] });
    }
  }
  for (const lane of lanes) paintLine(context, scene, lane);
}

/** The lives of children, without their names. */
export function paintBars(context: Context, scene: Scene, drawn: Drawn): void {
  for (const lane of scene.lanes) {
    for (const placed of lane.bars) {
      const { fromUs, toUs, ghostUs } = placed.bar;
      if (!isInView(scene, fromUs, Math.max(toUs, ghostUs ?? 0))) continue;
      drawn.bars += 1;
      paintBar(context, scene, placed);
    }
  }
}

/** Names and incarnations, where there is room for them. */
export function paintBarLabels(context: Context, scene: Scene): void {
  const { view, palette, model, lanesTop } = scene;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  for (const { bars } of scene.lanes) {
    for (const { bar, top, height } of bars) {
      if (height < LABEL_HEIGHT || !isInView(scene, bar.fromUs, bar.toUs)) continue;
      const left = Math.max(view.x(bar.fromUs), view.left) + 5;
      const room = Math.min(view.x(bar.toUs), view.left + view.width) - left - 3;
      context.font = `600 ${Math.min(11, height - 2)}px ${FONT}`;
      const whole = model.barLabel(bar);
      const label = [whole, `#${bar.incarnation}`].find((text) => {
        return context.measureText(text).width <= room;
      });
      if (label === undefined) continue;
      const middle = lanesTop + top + height / 2 + 0.5;
      context.fillStyle = palette.child(bar.child).fill;
      context.fillRect(
        left - 2,
        middle - height / 2 + 1,
        context.measureText(label).width + 4,
        height - 2,
      );
      context.fillStyle = palette.child(bar.child).text;
      context.fillText(label, left, middle);
    }
  }
}

/** Where a child went on after it was lost. */
export function paintMoves(context: Context, scene: Scene): void {
  const { lanesTop, view, palette } = scene;
  const lost = new Map<string, PlacedBar>();
  const placed = scene.lanes.flatMap(({ bars }) => bars);
  for (const one of placed) lost.set(`${one.bar.child} ${one.bar.incarnation}`, one);
  context.lineWidth = 1.5;
  for (const next of placed) {
    const { child, incarnation, fromUs, node } = next.bar;
    const before = lost.get(`${child} ${incarnation - 1}`);
    if (before === undefined || before.bar.node === node) continue;
    if (!isInView(scene, before.bar.toUs, fromUs)) continue;
    const [x1, x2] = [view.x(Math.min(before.bar.toUs, fromUs)), view.x(fromUs)];
    const [y1, y2] = [middleOf(before) + lanesTop, middleOf(next) + lanesTop];
    const bend = Math.min(60, Math.max(6, (x2 - x1) * 0.5));
    context.strokeStyle = palette.child(child).edge;
    context.beginPath();
    context.moveTo(x1, y1);
    context.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
    context.stroke();
  }
}

export function isInView({ view }: Scene, fromUs: number, toUs: number): boolean {
  return toUs >= view.fromUs && fromUs <= view.toUs;
}

/** Diagonal lines in a rectangle. */
export function hatch(
  context: Context,
  { x, y, width, height }: Box,
  { colour, pitch = 7 }: { readonly colour: string; readonly pitch?: number },
): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  // Fixed to the page, so that hatches of neighbours meet.
  const first = Math.floor((x - height) / pitch) * pitch;
  for (let at = first; at < x + width; at += pitch) {
    context.moveTo(at, y + height);
    context.lineTo(at + height, y);
  }
  context.stroke();
  context.restore();
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function paintBand(
  context: Context,
  scene: Scene,
  { band, lane, side }: { band: FaultBand; lane: Lane; side: number | undefined },
): void {
  const { palette } = scene;
  const box = clipped(scene, band, lane);
  const colour = side === undefined ? palette.fault(band.kind) : palette.side(side);
  const isWhole = band.kind === 'down' || band.kind === 'pause';
  context.save();
  context.globalAlpha = isWhole ? 0.09 : 0.1;
  context.fillStyle = colour;
  context.fillRect(box.x, box.y, box.width, box.height);
  context.globalAlpha = isWhole ? 0.22 : 0.9;
  if (isWhole) hatch(context, box, { colour });
  else context.fillRect(box.x, box.y + box.height - 3, box.width, 3);
  if (isWhole) {
    context.globalAlpha = 0.9;
    context.fillRect(box.x, box.y, 2, box.height);
  }
  context.restore();
  const word = WORDS[band.kind];
  if (word === undefined || box.width < 60 || !isWhole) return;
  context.font = `600 10px ${FONT}`;
  context.fillStyle = colour;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillText(word, box.x + 7, scene.lanesTop + lane.line - 1 + 0.5);
}

function paintLine(context: Context, scene: Scene, lane: Lane): void {
  const { palette, view, lanesTop, model } = scene;
  const y = Math.round(lanesTop + lane.line) + 0.5;
  const stops = model.down.filter(({ nodes }) => nodes[0] === lane.node);
  let fromUs = 0;
  context.strokeStyle = palette.faint;
  context.lineWidth = 1;
  context.beginPath();
  for (const stop of [...stops, undefined]) {
    const x1 = Math.max(view.left, view.x(fromUs));
    const x2 = Math.min(view.left + view.width, view.x(stop?.fromUs ?? model.endUs));
    if (x2 > x1) {
      context.moveTo(x1, y);
      context.lineTo(x2, y);
    }
    fromUs = stop?.toUs ?? model.endUs;
  }
  context.stroke();
  for (const { fromUs: crashedUs } of stops) {
    if (isInView(scene, crashedUs, crashedUs)) cross(context, view.x(crashedUs), y, palette.bad);
  }
}

function cross(context: Context, x: number, y: number, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 2.5;
  context.beginPath();
  context.moveTo(x - 4.5, y - 4.5);
  context.lineTo(x + 4.5, y + 4.5);
  context.moveTo(x + 4.5, y - 4.5);
  context.lineTo(x - 4.5, y + 4.5);
  context.stroke();
}

function paintBar(context: Context, scene: Scene, { bar, top, height }: PlacedBar): void {
  const { view, palette, lanesTop } = scene;
  const paint = palette.child(bar.child);
  const [x1, x2] = [view.x(bar.fromUs), view.x(bar.toUs)];
  const from = Math.max(x1, view.left - 6);
  const to = Math.min(Math.max(x2, x1 + 2), view.left + view.width + 6);
  const y = lanesTop + top;
  if (to > from) {
    context.fillStyle = paint.fill;
    context.strokeStyle = paint.edge;
    context.lineWidth = height < 5 ? 0.5 : 1;
    context.beginPath();
    context.roundRect(
      from + 0.5,
      y + 0.5,
      Math.max(1, to - from - 1),
      height - 1,
      Math.min(3, height / 3),
    );
    context.fill();
    context.stroke();
  }
  if (bar.staleUs !== null) {
    const stale = Math.max(view.x(bar.staleUs), view.left);
    if (to > stale)
      hatch(context, { x: stale, y, width: to - stale, height }, { colour: palette.bad });
  }
  if (bar.ghostUs === null) return;
  const ghostFrom = Math.max(x2, view.left - 6);
  const ghostTo = Math.min(view.x(bar.ghostUs), view.left + view.width + 6);
  if (ghostTo - ghostFrom < 2) return;
  context.save();
  context.setLineDash([3, 3]);
  context.strokeStyle = paint.edge;
  context.lineWidth = 1;
  context.strokeRect(ghostFrom + 0.5, y + 1.5, ghostTo - ghostFrom - 1, height - 3);
  context.restore();
}

function clipped({ view, lanesTop }: Scene, { fromUs, toUs }: FaultBand, lane: Lane): Box {
  const x = Math.max(view.left, view.x(fromUs));
  const width = Math.max(1, Math.min(view.left + view.width, view.x(toUs)) - x);
  return { x, y: lanesTop + lane.top, width, height: lane.height };
}

function middleOf({ top, height }: PlacedBar): number {
  return top + height / 2;
}

export const FONT = 'ui-sans-serif, system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif';
const WORDS: Readonly<Record<string, string>> = { down: 'down', pause: 'stands still' };
const LABEL_HEIGHT = 8;
