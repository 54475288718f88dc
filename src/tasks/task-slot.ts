import type { TaskRecord } from './task-record.js';

/** A task in its ledger. What lies in a queue under an old ticket is out of date. */
export interface TaskSlot {
  readonly record: TaskRecord;
  ticket: number;
  /** Until when a lease was let run that was over. */
  excusedUntilMs: number | undefined;
}

/** A place in a queue, good until the task's next ticket. */
export interface TaskPlace {
  readonly slot: TaskSlot;
  readonly ticket: number;
}

export function placeOf(slot: TaskSlot): TaskPlace {
  return { slot, ticket: slot.ticket };
}

export function isCurrent({ slot, ticket }: TaskPlace): boolean {
  return slot.ticket === ticket;
}
