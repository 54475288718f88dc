import { invariant } from '../base/assert.js';
import { Deque } from '../base/deque.js';
import { ReadyQueue } from './ready-queue.js';
import { PrunedHeap } from './pruned-heap.js';
import {
  type LedgerChange,
  type LedgerSnapshot,
  noteStep,
  type TaskRecord,
} from './task-record.js';
import type { TaskStep } from './task-desk.js';
import { isCurrent, type TaskPlace, type TaskSlot } from './task-slot.js';
import { isLeased, isOver, type LeasedState, TASK_STATES, type TaskState } from './task.js';

/** The records of a ledger, each in the queue that its state asks for, and what changed in them. */
export class LedgerBook {
  readonly #finishedMax: number;
  readonly #slots = new Map<string, TaskSlot>();
  readonly #ready = new ReadyQueue();
  readonly #delayed = new PrunedHeap<Timed>(isEarlier, isCurrent);
  readonly #leases = new PrunedHeap<Timed>(isEarlier, isCurrent);
  /** Those that ended first in front. */
  readonly #finished = new Deque<TaskRecord>();
  readonly #held = new Map<string, Set<TaskSlot>>();
  readonly #counts = new Map<TaskState, number>(TASK_STATES.map((state) => [state, 0]));
  #changes: LedgerChange[] = [];
  #seq = 0;

  constructor(finishedMax: number, snapshot?: LedgerSnapshot) {
    this.#finishedMax = finishedMax;
    if (snapshot === undefined) return;
    this.#seq = snapshot.seq;
    const slots = snapshot.records.map((record) => this.#admit(record));
    const hasEnded = ({ record }: TaskSlot): boolean => isOver(record.state);
    for (const slot of slots) if (!hasEnded(slot)) this.#enter(slot);
    for (const slot of slots.filter(hasEnded).sort(byEnd)) this.#enter(slot);
  }

  /** The number of the next task. */
  get nextSeq(): number {
    return this.#seq + 1;
  }

  get(taskId: string): TaskSlot | undefined {
    return this.#slots.get(taskId);
  }

  /** In the order they were added. */
  records(): IterableIterator<TaskSlot> {
    return this.#slots.values();
  }

  count(state: TaskState): number {
    return this.#counts.get(state) ?? 0;
  }

  /** What a worker has now, in the order it got it. */
  heldBy(workerId: string): readonly TaskSlot[] {
    return [...(this.#held.get(workerId) ?? [])];
  }

  add(record: TaskRecord): void {
    invariant(record.seq === this.nextSeq, `task ${record.seq} comes after task ${this.#seq}`);
    this.#seq = record.seq;
    this.#enter(this.#admit(record));
    this.#note(record, record.addedMs, undefined);
  }

  /** Moves a task into a state, with what else changes in its record. */
  move(slot: TaskSlot, state: TaskState, nowMs: number, { reason, ...changes }: MoveNotes): void {
    const { record } = slot;
    const from = record.state;
    this.#leave(slot);
    Object.assign(record, changes);
    if (!isLeased(state)) record.leaseUntilMs = undefined;
    if (state !== 'pending' && state !== 'failed') {
      record.notBeforeMs = undefined;
      record.waitMs = undefined;
    }
    record.state = state;
    record.changedMs = nowMs;
    this.#enter(slot);
    this.#note(record, nowMs, from, reason);
    if (isOver(state)) this.#forgetOldest();
  }

  /** Goes on from one leased state to another: the lease and its place in line stay. */
  advance(slot: TaskSlot, state: LeasedState, nowMs: number): void {
    const { record } = slot;
    const from = record.state;
    this.#count(from, -1);
    this.#count(state, 1);
    record.state = state;
    record.changedMs = nowMs;
    this.#note(record, nowMs, from);
  }

  /** Makes tasks ready whose pauses are over at `nowMs`. */
  endPauses(nowMs: number): void {
    for (let due = this.#delayed.peek(); due !== undefined; due = this.#delayed.peek()) {
      if (due.atMs > nowMs) break;
      this.#delayed.pop();
      this.#ready.push(due.slot);
    }
  }

  /** The first task that may be handed out to a worker of these types. */
  firstReady(taskTypes: Iterable<string>): TaskSlot | undefined {
    return this.#ready.peek(taskTypes);
  }

  /** One task whose lease is over at `nowMs`, the longest first. */
  firstLapsed(nowMs: number): TaskSlot | undefined {
    const lease = this.#firstLease();
    return lease === undefined || lease.atMs > nowMs ? undefined : lease.slot;
  }

  /** When the next lease runs out or the next delay is over. */
  nextDueMs(): number | undefined {
    const times = [this.#firstLease()?.atMs, this.#delayed.peek()?.atMs];
    const known = times.filter((atMs) => atMs !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  /** Puts a task whose times were changed from outside in the queues anew. */
  requeue(slot: TaskSlot): void {
    this.#leave(slot);
    this.#enter(slot);
  }

  /** What changed since the last time. */
  takeChanges(): readonly LedgerChange[] {
    const changes = this.#changes;
    if (changes.length > 0) this.#changes = [];
    return changes;
  }

  snapshot(): LedgerSnapshot {
    return { seq: this.#seq, records: [...this.#slots.values()].map(({ record }) => record) };
  }

  // A renewal leaves the lease where it lies; only when its old end comes up is it put right.
  #firstLease(): Timed | undefined {
    for (;;) {
      const lease = this.#leases.peek();
      const untilMs = lease?.slot.record.leaseUntilMs;
      if (lease === undefined || untilMs === undefined || untilMs <= lease.atMs) return lease;
      this.#leases.pop();
      this.#leases.push({ ...lease, atMs: untilMs });
    }
  }

  #admit(record: TaskRecord): TaskSlot {
    const slot: TaskSlot = { record, ticket: 0, excusedUntilMs: undefined };
    this.#slots.set(record.task.taskId, slot);
    return slot;
  }

  #enter(slot: TaskSlot): void {
    const { record } = slot;
    this.#count(record.state, 1);
    slot.ticket += 1;
    if (isLeased(record.state)) {
      this.#leases.push(timed(slot, record.leaseUntilMs ?? 0));
      const workerId = record.workerId ?? '';
      const held = this.#held.get(workerId);
      if (held === undefined) this.#held.set(workerId, new Set([slot]));
      else held.add(slot);
    } else if (isOver(record.state)) {
      this.#finished.push(record);
    } else if (record.notBeforeMs === undefined) {
      this.#ready.push(slot);
    } else {
      this.#delayed.push(timed(slot, record.notBeforeMs));
    }
  }

  #leave(slot: TaskSlot): void {
    const { state, workerId = '' } = slot.record;
    this.#count(state, -1);
    slot.ticket += 1;
    if (!isLeased(state)) return;
    const held = this.#held.get(workerId);
    held?.delete(slot);
    if (held?.size === 0) this.#held.delete(workerId);
  }

  #count(state: TaskState, by: number): void {
    this.#counts.set(state, this.count(state) + by);
  }

  #note(record: TaskRecord, atMs: number, from: TaskState | undefined, reason?: string): void {
    const { state, attempt, workerId } = record;
    const step: Written<TaskStep> = { atMs, state, attempt };
    if (workerId !== undefined) step.workerId = workerId;
    if (reason !== undefined) step.reason = reason;
    noteStep(record, step);
    if (from === undefined) this.#changes.push({ kind: 'put', record, step });
    else this.#changes.push({ kind: 'put', record, step, from });
  }

  #forgetOldest(): void {
    while (this.#finished.length > this.#finishedMax) {
      const record = this.#finished.shift();
      invariant(record !== undefined, 'the oldest of some finished tasks is there');
      const { taskId } = record.task;
      this.#count(record.state, -1);
      this.#slots.delete(taskId);
      this.#changes.push({ kind: 'forget', taskId, seq: record.seq });
    }
  }
}

export interface MoveNotes extends Partial<
  Pick<
    TaskRecord,
    | 'attempt'
    | 'failures'
    | 'losses'
    | 'workerId'
    | 'leaseMs'
    | 'leaseUntilMs'
    | 'notBeforeMs'
    | 'waitMs'
    | 'error'
    | 'result'
  >
> {
  readonly reason?: string;
}

type Written<T> = { -readonly [Field in keyof T]: T[Field] };

interface Timed extends TaskPlace {
  readonly atMs: number;
}

function timed(slot: TaskSlot, atMs: number): Timed {
  return { slot, ticket: slot.ticket, atMs };
}

function isEarlier(left: Timed, right: Timed): boolean {
  if (left.atMs !== right.atMs) return left.atMs < right.atMs;
  return left.slot.record.seq < right.slot.record.seq;
}

function byEnd({ record: left }: TaskSlot, { record: right }: TaskSlot): number {
  return left.changedMs - right.changedMs || left.seq - right.seq;
}
