import type { Store } from '../../platform/platform.js';
import type { BookEffect, Kept } from './book-effect.js';
import { type Attempt, RUNS_KEPT, type ScheduledTask } from './scheduled-task.js';
import type { NodeCounts } from './scheduler-message.js';

/** Reads what an earlier life of the scheduler left in the store. */
export function readKept(store: Store): Kept {
  const tasks = [...store.scan(TASK)].map(([, value]) => decode(value) as ScheduledTask);
  const attempts = [...store.scan(ATTEMPT)].map(([, value]) => decode(value) as Attempt);
  const counts = store.get(COUNTS);
  const byNode = counts === undefined ? {} : (decode(counts) as Record<string, NodeCounts>);
  return { tasks, attempts, counts: byNode };
}

/** Puts what is to be kept into the store; false when that is nothing. It is not synced. */
export function putKept(store: Store, effects: readonly BookEffect[]): boolean {
  let isKept = false;
  for (const effect of effects) {
    const entry = entryOf(effect);
    if (entry === undefined) continue;
    store.put(entry[0], encode(entry[1]));
    isKept = true;
  }
  return isKept;
}

function entryOf(effect: BookEffect): readonly [key: string, value: unknown] | undefined {
  switch (effect.kind) {
    case 'keepTask':
      return [`${TASK}${numbered(effect.task.id)}`, effect.task];
    case 'keepAttempt': {
      const { taskId, run, attempt } = effect.attempt;
      // A repeating task writes over what is too old to be of interest.
      const slot = `${run % RUNS_KEPT}/${attempt}`;
      return [`${ATTEMPT}${numbered(taskId)}/${slot}`, effect.attempt];
    }
    case 'keepCounts':
      return [COUNTS, effect.counts];
    default:
      return undefined;
  }
}

// So that the order of the keys is that of the numbers.
function numbered(taskId: string): string {
  return taskId.replace(/\d+/, (digits) => digits.padStart(12, '0'));
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function decode(value: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(value));
}

const TASK = 'task/';
const ATTEMPT = 'attempt/';
const COUNTS = 'counts';
