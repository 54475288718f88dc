import { compareCodeUnits } from '../../base/compare.js';
import type { AttemptOutcome } from './scheduled-task.js';
import type { NodeCounts } from './scheduler-message.js';

/** What became of the attempts on each node. */
export class NodeLedger {
  readonly #counts: Map<string, NodeCounts>;

  constructor(counts: Readonly<Record<string, NodeCounts>>) {
    this.#counts = new Map(Object.entries(counts));
  }

  /** By node id, in its order. */
  get counts(): Readonly<Record<string, NodeCounts>> {
    const entries = [...this.#counts].sort(([one], [other]) => compareCodeUnits(one, other));
    return Object.fromEntries(entries);
  }

  /** A lost attempt that is completed after all is lost no more. */
  change(nodeId: string, before: AttemptOutcome, after: AttemptOutcome): void {
    const counts = { ...(this.#counts.get(nodeId) ?? NOTHING) };
    if (before !== 'running') counts[before] -= 1;
    if (after !== 'running') counts[after] += 1;
    this.#counts.set(nodeId, counts);
  }
}

const NOTHING: NodeCounts = { completed: 0, failed: 0, lost: 0 };
