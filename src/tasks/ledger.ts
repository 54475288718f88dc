import { LedgerBook } from './ledger-book.js';
import {
  ledgerLimits,
  type LedgerLimits,
  type LedgerOptions,
  retryDelayMs,
} from './ledger-options.js';
import type { CancelOutcome } from './task-desk.js';
import { checkSettings, checkTask } from './task-check.js';
import { QueueFullError, TaskExistsError } from './task-error.js';
import type { LedgerChange, LedgerSnapshot, TaskRecord } from './task-record.js';
import type { TaskSlot } from './task-slot.js';
import {
  CANCELLED,
  isLeased,
  isOver,
  type NewTask,
  type TaskSettings,
  type TaskState,
} from './task.js';

/**
 * Which tasks there are, who has them, and what became of them. It has no clock and does nothing
 * outside itself: times come in, and what has to be stored comes out of `takeChanges`.
 *
 * - A task that was added is kept until it is completed or a dead letter.
 * - At most one worker has it at a time, under a lease; a result counts for the try it belongs to,
 *   once. A try whose lease was lost may still complete the task as long as nobody else got it.
 * - A task that was lost with its worker is handed out again at once, before those that came after
 *   it; one that failed waits, longer each time.
 */
export class Ledger {
  readonly #limits: LedgerLimits;
  readonly #book: LedgerBook;
  readonly #makeId: (seq: number) => string;
  readonly tallies = noTallies();

  /** Goes on from `snapshot`, whose records are the ledger's own from now on. */
  constructor(options: LedgerOptions & LedgerNaming = {}, snapshot?: LedgerSnapshot) {
    const { makeId = (seq: number) => `task-${seq}`, ...limits } = options;
    this.#limits = ledgerLimits(limits);
    this.#makeId = makeId;
    this.#book = new LedgerBook(this.#limits.finishedMax, snapshot);
  }

  /** Gives the task's id. Throws, and changes nothing, for what the desk's `add` rejects. */
  add(task: NewTask, settings: TaskSettings, nowMs: number): string {
    const { priority, delayMs, retriesMax } = checkSettings(settings, this.#limits);
    const taskId = this.#idOf(checkTask(task));
    if (this.waiting() >= this.#limits.pendingMax) {
      this.tallies.tasksRefused += 1;
      throw new QueueFullError(this.#limits.pendingMax);
    }
    this.#book.add({
      task: { ...task, taskId },
      seq: this.#book.nextSeq,
      priority,
      retriesMax,
      addedMs: nowMs,
      changedMs: nowMs,
      state: 'pending',
      attempt: 0,
      failures: 0,
      losses: 0,
      // All fields from the start: records that look alike are quicker.
      workerId: undefined,
      leaseMs: undefined,
      leaseUntilMs: undefined,
      notBeforeMs: delayMs > 0 ? nowMs + delayMs : undefined,
      waitMs: delayMs > 0 ? delayMs : undefined,
      error: undefined,
      result: undefined,
      steps: [],
    });
    this.tallies.added += 1;
    return taskId;
  }

  /** Hands the next task out to a worker; undefined when there is none for it now. */
  assign(asking: Asking, nowMs: number): Readonly<TaskRecord> | undefined {
    this.advance(nowMs);
    const slot = this.#book.firstReady(asking.taskTypes);
    if (slot === undefined) return undefined;
    const leaseMs = asking.leaseMs ?? this.#limits.leaseMs;
    this.#book.move(slot, 'assigned', nowMs, {
      attempt: slot.record.attempt + 1,
      workerId: asking.workerId,
      leaseMs,
      leaseUntilMs: nowMs + leaseMs,
    });
    this.tallies.handedOut += 1;
    return slot.record;
  }

  /** The worker has come to a further phase of the try; its lease starts anew. */
  progress(claim: Claim, state: Phase, nowMs: number): Verdict {
    const slot = this.#heldBy(claim);
    if (slot === undefined) return this.#refuse(claim);
    // What comes out of order is no step back.
    if (PHASES.indexOf(state) > PHASES.indexOf(slot.record.state)) {
      this.#book.advance(slot, state, nowMs);
    }
    renewLease(slot, nowMs);
    return ACCEPTED;
  }

  /** The result of a try. The same one a second time is accepted again and changes nothing. */
  complete(claim: Claim, result: unknown, nowMs: number): Verdict {
    if (this.#isCompletedBy(claim)) return { kind: 'accepted', isRepeated: true };
    const slot = this.#heldBy(claim) ?? this.#lostBy(claim);
    if (slot === undefined) return this.#refuse(claim);
    this.#book.move(slot, 'completed', nowMs, { result, error: undefined });
    this.tallies.completed += 1;
    return ACCEPTED;
  }

  /** A try came to nothing: the task waits for the next one, or is a dead letter. */
  fail(claim: Claim, error: string, nowMs: number): Verdict {
    if (this.#isFailedBy(claim)) return { kind: 'accepted', isRepeated: true };
    const slot = this.#heldBy(claim);
    if (slot === undefined) return this.#refuse(claim);
    const failures = slot.record.failures + 1;
    this.tallies.failed += 1;
    if (failures > slot.record.retriesMax) {
      this.#bury(slot, error, nowMs, { failures });
      return ACCEPTED;
    }
    const waitMs = retryDelayMs(this.#limits, failures);
    const wait = { notBeforeMs: nowMs + waitMs, waitMs };
    this.#book.move(slot, 'failed', nowMs, { failures, error, reason: error, ...wait });
    return ACCEPTED;
  }

  /** False when the try is not the worker's any more. */
  renew(claim: Claim, nowMs: number): boolean {
    const slot = this.#heldBy(claim);
    if (slot !== undefined) renewLease(slot, nowMs);
    return slot !== undefined;
  }

  /** Lets all leases of a worker end at `untilMs`, unless they are renewed or end before. */
  shortenLeases(workerId: string, untilMs: number): void {
    for (const slot of this.#book.heldBy(workerId)) {
      const { leaseUntilMs = untilMs } = slot.record;
      if (leaseUntilMs <= untilMs) continue;
      slot.record.leaseUntilMs = untilMs;
      this.#book.requeue(slot);
    }
  }

  /** Puts all that a worker has back. */
  workerLost(workerId: string, reason: string, nowMs: number): void {
    for (const slot of this.#book.heldBy(workerId)) this.#lose(slot, reason, nowMs);
  }

  /** Puts back one try that the worker does not have. */
  release(claim: Claim, reason: string, nowMs: number): boolean {
    const slot = this.#heldBy(claim);
    if (slot !== undefined) this.#lose(slot, reason, nowMs);
    return slot !== undefined;
  }

  cancel(taskId: string, nowMs: number): CancelOutcome {
    const slot = this.#book.get(taskId);
    if (slot === undefined) return 'unknown';
    if (isOver(slot.record.state)) return 'over';
    this.#bury(slot, CANCELLED, nowMs);
    return 'cancelled';
  }

  /** Ends the leases that have run out, and the pauses. */
  advance(nowMs: number): void {
    this.#book.endPauses(nowMs);
    this.#endLeases(nowMs, () => false);
  }

  /**
   * After a time in which nobody could be heard: a lease that has run out meanwhile lasts a while
   * longer, `graceMs` at the most. Once: unless it is renewed, it ends with that.
   */
  excuse(nowMs: number, graceMs = Infinity): void {
    this.#endLeases(nowMs, (slot) => {
      const { record } = slot;
      if (slot.excusedUntilMs === record.leaseUntilMs) return false;
      slot.excusedUntilMs = nowMs + Math.min(record.leaseMs ?? this.#limits.leaseMs, graceMs);
      record.leaseUntilMs = slot.excusedUntilMs;
      return true;
    });
  }

  /**
   * Goes on after a time that nobody watched, in which no worker could renew anything: every lease
   * starts anew, `leaseMsMax` long at the most until it is renewed, and no pause takes longer than
   * it was to be, whatever became of the clock.
   */
  resume(nowMs: number, leaseMsMax = Infinity): void {
    for (const slot of this.#book.records()) {
      const { record } = slot;
      if (isLeased(record.state)) {
        const leaseMs = record.leaseMs ?? this.#limits.leaseMs;
        record.leaseUntilMs = nowMs + Math.min(leaseMs, leaseMsMax);
      } else if (!isOver(record.state) && record.notBeforeMs !== undefined) {
        record.notBeforeMs = Math.min(record.notBeforeMs, nowMs + (record.waitMs ?? 0));
      } else {
        continue;
      }
      this.#book.requeue(slot);
    }
  }

  /** When `advance` or `assign` have something to do that they have not now. */
  nextDueMs(): number | undefined {
    return this.#book.nextDueMs();
  }

  /** How many tasks wait for a worker. */
  waiting(): number {
    return this.count('pending') + this.count('failed');
  }

  count(state: TaskState): number {
    return this.#book.count(state);
  }

  get(taskId: string): Readonly<TaskRecord> | undefined {
    return this.#book.get(taskId)?.record;
  }

  /** In the order they were added. */
  *records(): Iterable<Readonly<TaskRecord>> {
    for (const { record } of this.#book.records()) yield record;
  }

  /** What a worker has now, in the order it got it. */
  heldBy(workerId: string): readonly Readonly<TaskRecord>[] {
    return this.#book.heldBy(workerId).map(({ record }) => record);
  }

  takeChanges(): readonly LedgerChange[] {
    return this.#book.takeChanges();
  }

  /** The ledger's own records: copy what is to stay as it is. */
  snapshot(): LedgerSnapshot {
    return this.#book.snapshot();
  }

  #idOf(task: NewTask): string {
    if (task.taskId === undefined) {
      for (let seq = this.#book.nextSeq; ; seq++) {
        const taskId = this.#makeId(seq);
        if (this.#book.get(taskId) === undefined) return taskId;
      }
    }
    if (this.#book.get(task.taskId) !== undefined) throw new TaskExistsError(task.taskId);
    return task.taskId;
  }

  #endLeases(nowMs: number, isSpared: (slot: TaskSlot) => boolean): void {
    for (
      let slot = this.#book.firstLapsed(nowMs);
      slot !== undefined;
      slot = this.#book.firstLapsed(nowMs)
    ) {
      if (isSpared(slot)) continue;
      const { workerId, leaseMs } = slot.record;
      this.#lose(slot, `${workerId} did not renew its lease of ${leaseMs} ms`, nowMs);
    }
  }

  #lose(slot: TaskSlot, reason: string, nowMs: number): void {
    const losses = slot.record.losses + 1;
    this.tallies.leasesLost += 1;
    if (losses > this.#limits.lossesMax) {
      this.#bury(slot, `lost with its worker ${losses} times: ${reason}`, nowMs, { losses });
    } else {
      this.#book.move(slot, 'pending', nowMs, { losses, reason });
    }
  }

  #bury(slot: TaskSlot, error: string, nowMs: number, counts: Partial<TaskRecord> = {}): void {
    this.tallies.deadLettered += 1;
    this.#book.move(slot, 'deadLetter', nowMs, { ...counts, error, reason: error });
  }

  #heldBy(claim: Claim): TaskSlot | undefined {
    const slot = this.#lastTriedBy(claim);
    return slot !== undefined && isLeased(slot.record.state) ? slot : undefined;
  }

  /** A try that was lost, of a task that nobody got since. */
  #lostBy(claim: Claim): TaskSlot | undefined {
    const slot = this.#lastTriedBy(claim);
    return slot?.record.state === 'pending' ? slot : undefined;
  }

  #isCompletedBy(claim: Claim): boolean {
    return this.#lastTriedBy(claim)?.record.state === 'completed';
  }

  #isFailedBy(claim: Claim): boolean {
    return this.#lastTriedBy(claim)?.record.state === 'failed';
  }

  #lastTriedBy({ taskId, attempt, workerId }: Claim): TaskSlot | undefined {
    const slot = this.#book.get(taskId);
    if (slot === undefined || attempt === 0) return undefined;
    const { record } = slot;
    return record.attempt === attempt && record.workerId === workerId ? slot : undefined;
  }

  #refuse({ taskId, attempt, workerId }: Claim): Verdict {
    this.tallies.resultsRefused += 1;
    const record = this.get(taskId);
    const what = `try ${attempt} of ${taskId} by ${workerId}`;
    if (record === undefined) return { kind: 'refused', reason: `${what}: no such task` };
    const now = `${record.state}${record.attempt > 0 ? ` at try ${record.attempt}` : ''}`;
    const holder = isLeased(record.state) ? ` with ${record.workerId}` : '';
    return { kind: 'refused', reason: `${what} came too late: the task is ${now}${holder}` };
  }
}

export interface LedgerNaming {
  /** Names a task that came without an id; called again with the next number if that is taken. */
  readonly makeId?: (seq: number) => string;
}

export interface Asking {
  readonly workerId: string;
  readonly taskTypes: Iterable<string>;
  /** The ledger's `leaseMs` by default. */
  readonly leaseMs?: number;
}

/** Who says something about which try. */
export interface Claim {
  readonly taskId: string;
  readonly attempt: number;
  readonly workerId: string;
}

export type Phase = 'installing' | 'installed' | 'running';

export type Verdict =
  | { readonly kind: 'accepted'; readonly isRepeated?: boolean }
  | { readonly kind: 'refused'; readonly reason: string };

/** Counted since the ledger was made; not part of its snapshot. */
export interface LedgerTallies {
  added: number;
  handedOut: number;
  completed: number;
  failed: number;
  deadLettered: number;
  leasesLost: number;
  resultsRefused: number;
  tasksRefused: number;
}

export function noTallies(): LedgerTallies {
  return {
    added: 0,
    handedOut: 0,
    completed: 0,
    failed: 0,
    deadLettered: 0,
    leasesLost: 0,
    resultsRefused: 0,
    tasksRefused: 0,
  };
}

function renewLease({ record }: TaskSlot, nowMs: number): void {
  record.leaseUntilMs = Math.max(record.leaseUntilMs ?? 0, nowMs + (record.leaseMs ?? 0));
}

const ACCEPTED: Verdict = { kind: 'accepted' };
const PHASES: readonly TaskState[] = ['assigned', 'installing', 'installed', 'running'];
