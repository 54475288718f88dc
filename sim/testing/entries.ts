import type { TraceEntry } from '../trace.js';

/** What happened, when and where, and what else is known of it: a trace in short, for tests. */
export type EntryStep = readonly [
  atMs: number,
  node: number,
  kind: TraceEntry['kind'] | `${string}!`,
  fields?: Readonly<Record<string, unknown>>,
];

/** Entries in order. A kind that ends in `!` is an observation of that kind; fields are its own. */
export function entriesOf(...steps: readonly EntryStep[]): TraceEntry[] {
  return steps.map(([atMs, node, kind, fields = {}], event) => {
    const at = { event, atUs: atMs * 1000, node, incarnation: 1 };
    if (!kind.endsWith('!')) return { ...at, kind: kind as TraceEntry['kind'], ...fields };
    return { ...at, kind: 'observation', detail: { kind: kind.slice(0, -1), ...fields } };
  });
}
