import { expect } from 'vitest';
import type { Ledger } from '../../src/tasks/ledger.js';
import type { LedgerOptions } from '../../src/tasks/ledger-options.js';
import { fromStored, toStored } from '../../src/tasks/stored-record.js';
import type { LedgerSnapshot, TaskRecord } from '../../src/tasks/task-record.js';
import { isOver } from '../../src/tasks/task.js';
import { LEDGER_WORKERS, type LedgerMove } from '../arbitraries/ledger-move.js';

/** How the ledger that is judged is made. */
export type LedgerFactory = (options: LedgerOptions, snapshot?: LedgerSnapshot) => Ledger;

/**
 * Workers at a ledger, and somebody who keeps books of their own: who may have what until when, and
 * what was accepted. It claims nothing that it could only know from the ledger.
 */
export class LedgerWorld {
  readonly #make: LedgerFactory;
  #ledger: Ledger;
  #nowMs = 0;
  /** As a store has it that was told every change. */
  readonly #stored = new Map<number, TaskRecord>();
  #seq = 0;
  /** By id, how often its tries may fail. */
  readonly #added = new Map<string, number>();
  readonly #cancelled = new Set<string>();
  readonly #failures = new Map<string, number>();
  /** Every try that was ever handed out, in order. */
  readonly #tries: HandedOut[] = [];
  readonly #holders = new Map<string, HandedOut>();
  readonly #completed = new Set<string>();

  constructor(make: LedgerFactory) {
    this.#make = make;
    this.#ledger = make(OPTIONS);
  }

  play(move: LedgerMove): void {
    switch (move.kind) {
      case 'add': {
        const { taskType, priority, delayMs, retriesMax } = move;
        const settings = { priority, delayMs, retriesMax };
        this.#added.set(this.#ledger.add({ taskType }, settings, this.#nowMs), retriesMax);
        break;
      }
      case 'ask':
        this.#ask(`w${move.worker}`, LEDGER_WORKERS[move.worker] ?? []);
        break;
      case 'lost':
        this.#ledger.workerLost(`w${move.worker}`, 'gone', this.#nowMs);
        this.#release(({ workerId }) => workerId === `w${move.worker}`);
        break;
      case 'cancel': {
        const taskId = [...this.#added.keys()][move.pick % (this.#added.size || 1)];
        if (taskId === undefined) break;
        this.#ledger.cancel(taskId, this.#nowMs);
        this.#cancelled.add(taskId);
        this.#holders.delete(taskId);
        break;
      }
      case 'pass':
        this.#nowMs += move.ms;
        if (move.ms % 2 === 0) this.#ledger.advance(this.#nowMs);
        break;
      case 'restart':
        this.#store();
        this.#ledger = this.#restored();
        this.#ledger.resume(this.#nowMs);
        break;
      default:
        // Mostly of late, so that tries of one task meet.
        this.#report(move.kind, this.#tries.at(-1 - (move.pick % RECENT_TRIES)));
    }
    this.#store();
  }

  /** Every task that was added is there, and its end can be reached. */
  finish(): void {
    for (let step = 0; step < STEPS_MAX; step++) {
      const got = this.#ask('last', ['*']);
      if (got !== undefined) this.#report('complete', got);
      else if (this.#ledger.nextDueMs() === undefined) break;
      else this.#nowMs = Math.max(this.#nowMs, this.#ledger.nextDueMs() ?? 0);
      this.#store();
    }
    for (const taskId of this.#added.keys()) {
      const state = this.#ledger.get(taskId)?.state;
      const isKept = this.#completed.has(taskId) ? state === 'completed' : this.#mayDie(taskId);
      expect(isKept && state !== undefined && isOver(state), 'no task is lost').toBe(true);
    }
  }

  /** It was cancelled, or failed or got lost too often for another try. */
  #mayDie(taskId: string): boolean {
    const failures = this.#failures.get(taskId) ?? 0;
    const tries = this.#tries.filter((each) => each.taskId === taskId).length;
    if (this.#cancelled.has(taskId) || failures > (this.#added.get(taskId) ?? 0)) return true;
    return tries - failures > OPTIONS.lossesMax;
  }

  /** What is stored makes a ledger that goes on in the same way. */
  compareRestored(): void {
    const copy = this.#restored();
    for (const ledger of [this.#ledger, copy]) ledger.resume(this.#nowMs);
    expect(copy.snapshot(), 'what is restored is the same').toEqual(this.#ledger.snapshot());
    for (let step = 0; step < STEPS_MAX; step++) {
      const asking = { workerId: 'next', taskTypes: LEDGER_WORKERS[step % 4] ?? [] };
      const atMs = this.#nowMs + step;
      const [here, there] = [this.#ledger, copy].map((ledger) => ledger.assign(asking, atMs));
      expect(there, 'what is restored goes on in the same way').toEqual(here);
      if (here === undefined && step % 4 === 3) return;
    }
  }

  #ask(workerId: string, taskTypes: readonly string[]): HandedOut | undefined {
    this.#ledger.advance(this.#nowMs);
    const expected = this.#firstReady(taskTypes);
    const record = this.#ledger.assign({ workerId, taskTypes }, this.#nowMs);
    expect(record?.task.taskId, 'the first ready task is handed out').toBe(expected);
    if (record === undefined) return undefined;
    const { task, attempt } = record;
    const holder = this.#holders.get(task.taskId);
    expect(holder === undefined || holder.untilMs <= this.#nowMs, 'leases never overlap').toBe(
      true,
    );
    const untilMs = this.#nowMs + OPTIONS.leaseMs;
    const handed = { taskId: task.taskId, attempt, workerId, untilMs };
    this.#holders.set(task.taskId, handed);
    this.#tries.push(handed);
    return handed;
  }

  #report(kind: 'complete' | 'fail' | 'renew' | 'progress', about: HandedOut | undefined): void {
    if (about === undefined) return;
    const { taskId, attempt, workerId } = about;
    const claim = { taskId, attempt, workerId };
    const isLatest = this.#tries.findLast((each) => each.taskId === taskId) === about;
    const accepted = this.#told(kind, claim);
    if (accepted === undefined) return;
    expect(isLatest, 'only the latest try of a task counts').toBe(true);
    if (kind === 'complete') {
      expect(this.#completed.has(taskId), 'no task is completed twice').toBe(false);
      this.#completed.add(taskId);
    }
    if (kind === 'fail') this.#failures.set(taskId, (this.#failures.get(taskId) ?? 0) + 1);
    if (kind === 'complete' || kind === 'fail') this.#holders.delete(taskId);
    else about.untilMs = this.#nowMs + OPTIONS.leaseMs;
  }

  /** Undefined when it changed nothing. */
  #told(kind: 'complete' | 'fail' | 'renew' | 'progress', claim: Claimed): true | undefined {
    if (kind === 'renew') return this.#ledger.renew(claim, this.#nowMs) || undefined;
    const verdict =
      kind === 'complete'
        ? this.#ledger.complete(claim, 'done', this.#nowMs)
        : kind === 'fail'
          ? this.#ledger.fail(claim, 'no', this.#nowMs)
          : this.#ledger.progress(claim, 'running', this.#nowMs);
    return verdict.kind === 'accepted' && verdict.isRepeated !== true ? true : undefined;
  }

  /** By looking at every task. */
  #firstReady(taskTypes: readonly string[]): string | undefined {
    let first: Readonly<TaskRecord> | undefined;
    for (const record of this.#ledger.records()) {
      const { state, notBeforeMs = 0, task, priority } = record;
      if (state !== 'pending' && state !== 'failed') continue;
      if (notBeforeMs > this.#nowMs) continue;
      if (!taskTypes.includes('*') && !taskTypes.includes(task.taskType)) continue;
      if (first === undefined || priority > first.priority) first = record;
    }
    return first?.task.taskId;
  }

  #release(isReleased: (handed: HandedOut) => boolean): void {
    for (const [taskId, handed] of this.#holders) {
      if (isReleased(handed)) this.#holders.delete(taskId);
    }
  }

  #store(): void {
    for (const change of this.#ledger.takeChanges()) {
      if (change.kind === 'forget') {
        this.#stored.delete(change.seq);
        continue;
      }
      const { seq, task } = change.record;
      this.#stored.set(seq, fromStored(structuredClone(toStored(change.record)), seq, task));
      this.#seq = Math.max(this.#seq, change.record.seq);
    }
  }

  #restored(): Ledger {
    return this.#make(OPTIONS, {
      seq: this.#seq,
      records: [...this.#stored.values()].map((record) => structuredClone(record)),
    });
  }
}

interface Claimed {
  readonly taskId: string;
  readonly attempt: number;
  readonly workerId: string;
}

interface HandedOut extends Claimed {
  untilMs: number;
}

const OPTIONS = { leaseMs: 100, backoffMs: 20, backoffMaxMs: 100, lossesMax: 3 };
const STEPS_MAX = 2000;
const RECENT_TRIES = 6;
