import type { Attempt, AttemptKey, ScheduledTask } from './scheduled-task.js';
import type { ExecutorIdentity, NodeCounts } from './scheduler-message.js';

/** What to do, in this order, once all that is to be kept is kept. */
export type BookEffect =
  | { readonly kind: 'keepTask'; readonly task: ScheduledTask }
  | { readonly kind: 'keepAttempt'; readonly attempt: Attempt }
  | { readonly kind: 'keepCounts'; readonly counts: Readonly<Record<string, NodeCounts>> }
  | {
      readonly kind: 'execute';
      readonly to: ExecutorIdentity;
      readonly key: AttemptKey;
      readonly task: ScheduledTask;
    }
  /** A run is completed: this is told once, unless the process ends right before it. */
  | { readonly kind: 'completed'; readonly key: AttemptKey; readonly executorId: string }
  | { readonly kind: 'acknowledge'; readonly to: ExecutorIdentity; readonly key: AttemptKey }
  | { readonly kind: 'tell'; readonly line: string };

/** What an earlier life of the scheduler left. */
export interface Kept {
  readonly tasks: readonly ScheduledTask[];
  readonly attempts: readonly Attempt[];
  readonly counts: Readonly<Record<string, NodeCounts>>;
}
