import { deferred, type Deferred } from '../base/deferred.js';
import type { LedgerChange, TaskRecord } from './task-record.js';

/** What is to be committed together. */
export class Batch {
  readonly tasks: Readonly<TaskRecord>[] = [];
  readonly records = new Set<Readonly<TaskRecord>>();
  readonly forgotten: number[] = [];
  readonly completed: number[] = [];
  readonly told: number[] = [];
  /** Goes to the disk for those that were told, too. */
  isTellingDue = false;
  /** Goes to the disk whatever is in it. */
  isProbe = false;
  readonly stored: Deferred<void> = deferred();

  constructor() {
    // Whoever wrote hears of a failure; nobody else has to.
    this.stored.promise.catch(() => undefined);
  }

  /** Whether there is nothing to go to the disk for. */
  get isEmpty(): boolean {
    const telling = this.isTellingDue ? this.told.length : 0;
    return !this.isProbe && this.records.size + this.forgotten.length + telling === 0;
  }

  add(change: LedgerChange): void {
    if (change.kind === 'forget') {
      this.forgotten.push(change.seq);
    } else {
      this.records.add(change.record);
      if (change.from === undefined) this.tasks.push(change.record);
      if (change.step.state === 'completed') this.completed.push(change.record.seq);
    }
  }
}
