import type { Fault } from '../../plan.js';
import type { SimReport } from '../../simulate.js';
import type { TraceEntry } from '../../trace.js';
import { type FaultDetail, faultText } from '../fault-text.js';
import { nodeName } from '../node-name.js';
import { secondsText, spanText } from '../number-text.js';
import type { FaultBand, FaultLine } from './report-data.js';

/** What faults did for a while: each from when it struck until it ended, or the run did. */
export function faultBands(
  entries: readonly TraceEntry[],
  nodeIds: readonly string[],
  endUs: number,
): FaultBand[] {
  const drawing = new Drawing(nodeIds);
  for (const entry of entries) drawing.add(entry);
  return drawing.result(endUs);
}

/** What the plan holds, each with the event in which it struck. */
export function faultLines({ faults, entries, config }: SimReport): FaultLine[] {
  const nodeIds = config.nodes.map(({ id }) => id);
  return config.plan.faults.map((fault, at) => {
    const id = faults[at]?.id;
    const struck = entries.find((entry) => STRIKES.has(entry.kind) && detailOf(entry).id === id);
    return {
      kind: fault.kind,
      text: faultText(fault.kind, fault, nodeIds),
      when: whenText(fault, nodeIds),
      event: struck?.event ?? -1,
      atUs: struck?.atUs ?? null,
    };
  });
}

interface Detail extends FaultDetail {
  readonly id?: string;
  /** Which turn of a flapping link. */
  readonly way?: 'down' | 'up';
}

type Draft = { -readonly [Key in keyof FaultBand]: FaultBand[Key] } & {
  readonly id: string | undefined;
};

class Drawing {
  readonly #nodeIds: readonly string[];
  readonly #bands: Draft[] = [];
  readonly #open = new Set<Draft>();

  constructor(nodeIds: readonly string[]) {
    this.#nodeIds = nodeIds;
  }

  add(entry: TraceEntry): void {
    const detail = detailOf(entry);
    const { kind, node } = entry;
    const isOfNode = (what: string) => (band: Draft) =>
      band.kind === what && band.nodes[0] === node;
    if (kind === 'restart') this.#end(entry, isOfNode('down'));
    if (kind === 'heal' || kind === 'resume' || kind === 'flap') {
      this.#end(entry, ({ id }) => id === detail.id);
    }
    if (kind === 'crash' || kind === 'failed') {
      this.#end(entry, isOfNode('pause'));
      const text = faultText('crash', { ...detail, node }, this.#nodeIds);
      this.#begin(entry, 'down', text);
    }
    if (!LASTING.has(kind) || detail.way === 'up') return;
    this.#begin(entry, kind, faultText(kind, { node, ...detail }, this.#nodeIds));
  }

  result(endUs: number): FaultBand[] {
    for (const band of this.#open) band.toUs = endUs;
    return this.#bands.map(({ id: _id, ...band }) => band);
  }

  #begin(entry: TraceEntry, kind: string, text: string): void {
    const { atUs, event } = entry;
    const detail = detailOf(entry);
    const { id } = detail;
    const touched = this.#touched(entry, detail);
    const band: Draft = { kind, text, ...touched, id, fromUs: atUs, toUs: atUs, event };
    this.#bands.push(band);
    this.#open.add(band);
  }

  #end({ atUs }: TraceEntry, isMeant: (band: Draft) => boolean): void {
    for (const band of this.#open) {
      if (!isMeant(band)) continue;
      band.toUs = atUs;
      this.#open.delete(band);
    }
  }

  #touched(entry: TraceEntry, detail: Detail): Pick<FaultBand, 'nodes' | 'sides'> {
    if (this.#nodeIds[entry.node] !== undefined) return { nodes: [entry.node], sides: [] };
    const { groups, pairs = [], between = [], from = [], to = [] } = detail;
    if (groups !== undefined) {
      return { nodes: groups.flat(), sides: groups.flatMap((group, at) => group.map(() => at)) };
    }
    const named = [pairs, between, from, to].flat(2);
    const everybody = this.#nodeIds.map((_, at) => at);
    return { nodes: named.length === 0 ? everybody : [...new Set(named)], sides: [] };
  }
}

function detailOf({ detail }: TraceEntry): Detail {
  return typeof detail === 'object' && detail !== null ? detail : {};
}

function whenText(fault: Fault, nodeIds: readonly string[]): string {
  if ('atMs' in fault) return secondsText(fault.atMs * 1000);
  const { event, what, node, peer, nth = 1, plusMs } = fault.after;
  const name = (at: number): string => nodeName(nodeIds[at] ?? `${at}`);
  const words = [
    ...(plusMs === undefined ? [] : [spanText(plusMs)]),
    `after ${what ?? 'frame'} ${nth} is ${event}`,
    ...(node === undefined ? [] : [`by ${name(node)}`]),
    ...(peer === undefined ? [] : [`with ${name(peer)}`]),
  ];
  return words.join(' ');
}

const LASTING: ReadonlySet<string> = new Set([
  ...['pause', 'partition', 'one-way', 'cut', 'frame-loss', 'latency', 'clog', 'flap', 'slow'],
  ...['datagram', 'clock'],
]);
const STRIKES: ReadonlySet<string> = new Set([...LASTING, 'crash', 'restart', 'leave']);
