import { Deque } from '../../base/deque.js';

/** At most `maxRestarts` restarts in any `withinMs` milliseconds. */
export interface RestartIntensity {
  readonly maxRestarts: number;
  readonly withinMs: number;
}

/** When the restarts still in the window took place, oldest first; never more than the limit. */
export type RestartHistory = Deque<number>;

export type RestartVerdict = 'allowed' | 'giveUp';

export function emptyHistory(): RestartHistory {
  return new Deque();
}

/**
 * Counts one more restart at `nowMs`.
 *
 * Gives up on the restart that would exceed the limit, so `maxRestarts: 3` allows exactly three in
 * any window. A restart exactly `withinMs` old still counts, as in Erlang's supervisor. The history
 * is updated in place, in constant time on average; `nowMs` must never run backwards.
 */
export function recordRestart(
  history: RestartHistory,
  limit: RestartIntensity,
  nowMs: number,
): RestartVerdict {
  if (recentRestarts(history, limit, nowMs) >= limit.maxRestarts) return 'giveUp';
  history.push(nowMs);
  return 'allowed';
}

/** How many restarts are in the window that ends at `nowMs`; older ones are forgotten. */
export function recentRestarts(
  history: RestartHistory,
  limit: RestartIntensity,
  nowMs: number,
): number {
  for (;;) {
    const oldestMs = history.peek();
    if (oldestMs === undefined || nowMs - oldestMs <= limit.withinMs) return history.length;
    history.shift();
  }
}

/** How long ago each restart was: monotonic clocks do not compare between nodes, ages do. */
export function restartAges(history: RestartHistory, nowMs: number): number[] {
  return Array.from(history, (atMs) => nowMs - atMs);
}

/** The history that had these ages, oldest first, at `nowMs` of the clock here. */
export function historyFromAges(agesMs: readonly number[], nowMs: number): RestartHistory {
  const history = emptyHistory();
  for (const ageMs of agesMs) history.push(nowMs - ageMs);
  return history;
}
