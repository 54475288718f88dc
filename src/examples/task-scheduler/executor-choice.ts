import type { AttemptKey } from './scheduled-task.js';
import type { ExecutorIdentity } from './scheduler-message.js';

export interface Candidate {
  readonly who: ExecutorIdentity;
  /** What it works on, if on anything. */
  readonly key: AttemptKey | undefined;
  /** How many attempts it was given so far. */
  readonly given: number;
}

/**
 * The idle executor on the node that works least at present; of those the one that was given the
 * least so far, and then the one that was there first. None when nobody is idle.
 */
export function chooseExecutor<One extends Candidate>(all: readonly One[]): One | undefined {
  const busy = new Map<string, number>();
  for (const { who, key } of all) {
    if (key !== undefined) busy.set(who.nodeId, (busy.get(who.nodeId) ?? 0) + 1);
  }
  const loadOf = ({ who }: One): number => busy.get(who.nodeId) ?? 0;
  return all
    .filter(({ key }) => key === undefined)
    .sort((one, other) => loadOf(one) - loadOf(other) || one.given - other.given)[0];
}
