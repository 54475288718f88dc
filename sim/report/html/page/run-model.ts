import type { ChildBar, FaultBand, ReportData } from '../report-data.js';

/** The data of the report, indexed for drawing and asking. Nothing here changes. */
export class RunModel {
  readonly atUs: Float64Array;
  /** Events of each node in order; the last list is the world's. */
  readonly byNode: readonly (readonly number[])[];
  readonly sentUs: Float64Array;
  readonly endedUs: Float64Array;
  /** No message takes longer: what was sent before that is not in view any more. */
  readonly flightUsMax: number;
  /** When nodes were not running. */
  readonly down: readonly FaultBand[];
  readonly #effects = new Map<number, number[]>();

  constructor(readonly data: ReportData) {
    const { events, messages, nodes, run } = data;
    this.atUs = new Float64Array(events.atUs.length);
    let atUs = 0;
    const byNode: number[][] = [...nodes.map(() => []), []];
    for (const [at, stepUs] of events.atUs.entries()) {
      this.atUs[at] = atUs += stepUs;
      const node = events.node[at] as number;
      byNode[node === -1 ? nodes.length : node]?.push(at);
      const cause = events.cause[at] as number;
      if (cause !== -1) this.#effectsOf(cause).push(at);
    }
    this.byNode = byNode;
    this.sentUs = Float64Array.from(messages.sent, (at) => this.atUs[at] as number);
    this.endedUs = Float64Array.from(messages.ended, (at) =>
      at === -1 ? run.endUs : (this.atUs[at] as number),
    );
    let flightUsMax = 0;
    for (const [row, sentUs] of this.sentUs.entries()) {
      // What never ended is drawn as a stub, so it needs no search far back.
      if (messages.ended[row] === -1) continue;
      flightUsMax = Math.max(flightUsMax, (this.endedUs[row] as number) - sentUs);
    }
    this.flightUsMax = flightUsMax;
    this.down = data.bands.filter(({ kind }) => kind === 'down');
  }

  get endUs(): number {
    return this.data.run.endUs;
  }

  kindName(event: number): string {
    return this.data.kinds[this.data.events.kind[event] as number]?.name ?? '?';
  }

  group(event: number): string {
    return this.data.kinds[this.data.events.kind[event] as number]?.group ?? 'turns';
  }

  nodeName(node: number): string {
    return this.data.nodes[node]?.name ?? 'world';
  }

  detail(event: number): string | undefined {
    return this.data.details[this.data.events.detail[event] as number];
  }

  frameName(message: number): string {
    return this.data.frames[this.data.messages.what[message] as number] ?? '?';
  }

  /** Whether anything was heard of a message after it was sent. */
  hasEnd(message: number): boolean {
    return this.data.messages.ended[message] !== -1;
  }

  barLabel(bar: ChildBar): string {
    return `${this.data.children[bar.child] ?? '?'} #${bar.incarnation}`;
  }

  /** What led to the event, from itself back to where nothing in the trace led to it. */
  chain(event: number): number[] {
    const chain = [event];
    let cause = this.data.events.cause[event] ?? -1;
    while (cause !== -1 && chain.length < CHAIN_MAX) {
      chain.push(cause);
      cause = this.data.events.cause[cause] ?? -1;
    }
    return chain;
  }

  effects(event: number): readonly number[] {
    return this.#effects.get(event) ?? [];
  }

  #effectsOf(event: number): number[] {
    let effects = this.#effects.get(event);
    if (effects === undefined) this.#effects.set(event, (effects = []));
    return effects;
  }
}

/** The first position whose value is not below `value`; the values ascend. */
export function lowerBound(values: ArrayLike<number>, value: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same, for positions that are looked up in `values`. */
export function lowerBoundOf(
  positions: readonly number[],
  values: Float64Array,
  value: number,
): number {
  let [low, high] = [0, positions.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[positions[middle] as number] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const CHAIN_MAX = 40;
