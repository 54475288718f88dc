import type { Observed } from '../world-report.js';
import { isCrash, textOf } from './fact.js';

/** What became of the workload's calls. */
export interface CallCounts {
  readonly asked: number;
  readonly answered: number;
  /** By what the callers were told: `call timeout`, `node not reachable`, ... */
  readonly unanswered: Readonly<Record<string, number>>;
  /** Neither: the caller's node died first, or the run ended. */
  readonly open: number;
  /** Asked and answered after the last crash. */
  readonly answeredAfterLastKill: number;
  /** Calls and casts that found no child under the name. */
  readonly unplaced: number;
  /** Calls and casts that reached a child. */
  readonly received: number;
}

export function callCounts(observed: readonly Observed[]): CallCounts {
  const lastKill = observed.findLastIndex(isCrash);
  const unanswered: Record<string, number> = {};
  const askedLate = new Set<unknown>();
  const counts = { asked: 0, answered: 0, failed: 0, late: 0, unplaced: 0, received: 0 };
  for (const [at, fact] of observed.entries()) {
    const { kind, op } = fact.observation;
    if (kind === 'asked') {
      counts.asked += 1;
      if (at > lastKill) askedLate.add(op);
    } else if (kind === 'answered') {
      counts.answered += 1;
      if (askedLate.has(op)) counts.late += 1;
    } else if (kind === 'unanswered') {
      const why = outcomeOf(textOf(fact, 'code'));
      unanswered[why] = (unanswered[why] ?? 0) + 1;
      counts.failed += 1;
    } else if (kind === 'unplaced') {
      counts.unplaced += 1;
    } else if (kind === 'received') {
      counts.received += 1;
    }
  }
  const { asked, answered, failed, late, unplaced, received } = counts;
  return {
    asked,
    answered,
    unanswered,
    open: asked - answered - failed,
    answeredAfterLastKill: late,
    unplaced,
    received,
  };
}

function outcomeOf(code: string): string {
  return code.replace(/^ERR_/, '').replaceAll('_', ' ').toLowerCase();
}
