import type { TraceEntry } from '../../trace.js';
import type { ChildBar } from './report-data.js';

export interface ChildBars {
  readonly children: readonly string[];
  readonly bars: readonly ChildBar[];
  /** The child that a process is a life of. */
  readonly childOf: ReadonlyMap<string, string>;
}

/**
 * The lives of all children, as the nodes that host them tell it: a life goes on until its host
 * says that it ended, or is gone itself.
 */
export function childBars(entries: readonly TraceEntry[], endUs: number): ChildBars {
  const drawing = new Drawing();
  for (const entry of entries) {
    if (GONE.has(entry.kind)) drawing.nodeGone(entry);
    else if (entry.kind === 'observation') drawing.observed(entry, entry.detail as Observed);
  }
  return drawing.result(endUs);
}

interface Observed {
  readonly kind: string;
  readonly childId?: string;
  readonly processId?: string;
  readonly sequence?: number;
  readonly sequences?: readonly number[];
  readonly childIds?: readonly string[];
}

type Draft = { -readonly [Key in keyof ChildBar]: ChildBar[Key] } & {
  readonly processId: string | undefined;
  readonly sequence: number | undefined;
};

class Drawing {
  readonly #children: string[] = [];
  readonly #bars: Draft[] = [];
  readonly #running = new Set<Draft>();
  readonly #childOf = new Map<string, string>();

  observed(entry: TraceEntry, observed: Observed): void {
    switch (observed.kind) {
      case 'fenced_started':
        return this.#started(entry, observed);
      case 'fenced_ended':
        for (const bar of this.#running) {
          if (bar.node !== entry.node || bar.processId !== observed.processId) continue;
          this.#finish(bar, entry, 'ended');
        }
        return;
      case 'children_lost':
        return this.#lost(entry, observed);
    }
  }

  nodeGone(entry: TraceEntry): void {
    for (const bar of this.#running) {
      if (bar.node === entry.node) this.#finish(bar, entry, 'lost');
    }
  }

  result(endUs: number): ChildBars {
    for (const bar of this.#running) bar.toUs = endUs;
    for (const bar of this.#bars) if (bar.end === 'lost') bar.ghostUs ??= endUs;
    const bars = this.#bars.map(({ processId: _process, sequence: _sequence, ...bar }) => bar);
    return { children: this.#children, bars, childOf: this.#childOf };
  }

  #started({ node, atUs, event }: TraceEntry, observed: Observed): void {
    const { childId = '', processId, sequence } = observed;
    const child = this.#numberOf(childId);
    if (processId !== undefined) this.#childOf.set(processId, childId);
    const before = this.#bars.filter((bar) => bar.child === child);
    for (const bar of before) if (bar.end === 'lost') bar.ghostUs ??= atUs;
    const bar: Draft = {
      ...{ child, node, incarnation: before.length + 1, fromUs: atUs, toUs: atUs, end: 'runs' },
      ...{ staleUs: null, ghostUs: null, started: event, ended: -1, processId, sequence },
    };
    this.#bars.push(bar);
    this.#running.add(bar);
  }

  #lost({ atUs }: TraceEntry, { childIds = [], sequences = [] }: Observed): void {
    for (const bar of this.#running) {
      const childId = this.#children[bar.child] as string;
      const isMeant = childIds.some((id, at) => id === childId && sequences[at] === bar.sequence);
      if (isMeant) bar.staleUs ??= atUs;
    }
  }

  #finish(bar: Draft, { atUs, event }: TraceEntry, end: 'ended' | 'lost'): void {
    bar.toUs = atUs;
    bar.end = end;
    bar.ended = event;
    this.#running.delete(bar);
  }

  #numberOf(childId: string): number {
    const known = this.#children.indexOf(childId);
    return known === -1 ? this.#children.push(childId) - 1 : known;
  }
}

/** Kinds of entries after which nothing runs on a node. */
export const GONE: ReadonlySet<string> = new Set(['crash', 'failed']);
