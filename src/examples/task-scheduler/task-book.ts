import type { BookEffect, Kept } from './book-effect.js';
import { chooseExecutor } from './executor-choice.js';
import { NodeLedger } from './node-ledger.js';
import {
  type Attempt,
  type AttemptKey,
  isSameAttempt,
  type ScheduledTask,
} from './scheduled-task.js';
import type {
  ExecutorIdentity,
  NewTask,
  NodeCounts,
  SchedulerStats,
  TaskHistory,
} from './scheduler-message.js';
import { TaskEntry, type Time } from './task-entry.js';

/**
 * Every task, every attempt, and who works on what. A run is completed once, by whichever attempt
 * is reported first; each attempt is written down by itself.
 */
export class TaskBook {
  readonly #entries = new Map<string, TaskEntry>();
  /** Those with a run to come. */
  readonly #open = new Set<TaskEntry>();
  /** By process id. */
  readonly #executors = new Map<string, Executor>();
  readonly #nodes: NodeLedger;
  #completed = 0;

  /** Attempts that ran are given a moment: their executors may be alive, and say so. */
  constructor({ tasks, attempts, counts }: Kept, { nowMs, wallMs }: Time) {
    this.#nodes = new NodeLedger(counts);
    const byTask = new Map<string, Attempt[]>(tasks.map(({ id }) => [id, []]));
    for (const attempt of attempts) byTask.get(attempt.taskId)?.push(attempt);
    for (const task of tasks) {
      // Whatever the calendar did meanwhile, nothing waits longer than it was meant to.
      const restMs = Math.min(Math.max(task.dueAt - wallMs, 0), task.interval ?? RETRY_MS);
      const waitMs = task.status === 'running' ? ADOPT_MS : restMs;
      this.#add(new TaskEntry(task, byTask.get(task.id) ?? [], nowMs + waitMs));
      this.#completed += task.status === 'completed' ? task.run : task.run - 1;
    }
  }

  /** When {@link tick} has something to do after `nowMs`, if nothing else happens. */
  wakeAfter(nowMs: number): number | undefined {
    let next: number | undefined;
    for (const { task, dueMs, holder } of this.#open) {
      const isWaited = task.status === 'running' && holder !== undefined;
      // What is due already waits for an executor, and for no time.
      if (isWaited || dueMs <= nowMs) continue;
      if (next === undefined || dueMs < next) next = dueMs;
    }
    return next;
  }

  get stats(): SchedulerStats {
    const open = [...this.#open];
    const byNode = this.#nodes.counts;
    const sum = (what: keyof NodeCounts): number =>
      Object.values(byNode).reduce((total, counts) => total + counts[what], 0);
    return {
      totalScheduled: this.#entries.size,
      totalCompleted: this.#completed,
      totalFailed: sum('failed'),
      totalLost: sum('lost'),
      pendingTasks: open.filter(({ task }) => task.status === 'pending').length,
      runningTasks: open.filter(({ task }) => task.status === 'running').length,
      executorCount: this.#executors.size,
      byNode,
    };
  }

  histories(): readonly TaskHistory[] {
    return [...this.#entries.values()].map(({ task, attempts }) => ({ task, attempts }));
  }

  history(taskId: string): TaskHistory | undefined {
    const entry = this.#entries.get(taskId);
    return entry && { task: entry.task, attempts: entry.attempts };
  }

  knows(processId: string): boolean {
    return this.#executors.has(processId);
  }

  schedule(
    tasks: readonly NewTask[],
    time: Time,
  ): readonly [tasks: readonly ScheduledTask[], effects: BookEffect[]] {
    const { nowMs, wallMs } = time;
    const made = tasks.map((fresh): ScheduledTask => {
      const id = `task-${this.#entries.size + 1}`;
      const status = 'pending';
      const task = { ...fresh, id, status, scheduledAt: wallMs, dueAt: wallMs } as const;
      const scheduled: ScheduledTask = { ...task, run: 1, attempt: 0 };
      this.#add(new TaskEntry(scheduled, [], nowMs));
      return scheduled;
    });
    const kept = made.map((task): BookEffect => ({ kind: 'keepTask', task }));
    return [made, [...kept, ...this.#assign(time)]];
  }

  /** An executor says where it stands. */
  ready(who: ExecutorIdentity, current: AttemptKey | undefined, time: Time): BookEffect[] {
    const [executor, effects] = this.#known(who);
    const held = this.#heldBy(executor);
    if (current !== undefined) {
      const entry = this.#runningEntry(current);
      // It was given this by an earlier life of the scheduler, or before it was thought lost.
      if (entry !== undefined) entry.holder ??= who.ref.id;
      // What it was given since, it gets again when it is idle.
      if (held === undefined) executor.key = current;
      return effects;
    }
    if (executor.key !== undefined && held !== undefined) {
      // What it was given got lost, or is still under way.
      return [...effects, { kind: 'execute', to: who, key: executor.key, task: held.task }];
    }
    effects.push(...this.#drop(executor, time));
    return [...effects, ...this.#assign(time)];
  }

  /** Its process is gone, or out of reach. */
  gone(processId: string, time: Time): BookEffect[] {
    const executor = this.#executors.get(processId);
    if (executor === undefined) return [];
    this.#executors.delete(processId);
    const held = this.#heldBy(executor);
    const lost = held === undefined ? this.#drop(executor, time) : this.#lose(held, time);
    const line = `Executor gone: ${executor.who.id}`;
    return [{ kind: 'tell', line }, ...lost, ...this.#assign(time)];
  }

  /** An attempt is over; `error` when it failed. Acknowledged however often it comes. */
  report(
    who: ExecutorIdentity,
    { key, error }: { readonly key: AttemptKey; readonly error?: string },
    time: Time,
  ): BookEffect[] {
    const [executor, effects] = this.#known(who);
    if (executor.key !== undefined && isSameAttempt(executor.key, key)) executor.key = undefined;
    const entry = this.#entries.get(key.taskId);
    const attempt = entry?.attemptOf(key);
    const isNews = attempt?.outcome === 'running' || attempt?.outcome === 'lost';
    if (entry !== undefined && attempt !== undefined && isNews) {
      const outcome = error === undefined ? 'completed' : 'failed';
      effects.push(...this.#end(entry, attempt, { outcome, error }, time));
      effects.push(
        ...(error === undefined
          ? this.#complete(entry, { key, who }, time)
          : this.#retry(entry, { key, error }, time)),
      );
    }
    return [...effects, { kind: 'acknowledge', to: who, key }, ...this.#assign(time)];
  }

  /** Time has passed: tasks are due, and attempts that nobody spoke of are lost. */
  tick(time: Time): BookEffect[] {
    const unheld = [...this.#open].filter(
      ({ task, holder, dueMs }) =>
        task.status === 'running' && holder === undefined && dueMs <= time.nowMs,
    );
    return [...unheld.flatMap((entry) => this.#lose(entry, time)), ...this.#assign(time)];
  }

  #add(entry: TaskEntry): void {
    this.#entries.set(entry.task.id, entry);
    if (entry.task.status !== 'completed') this.#open.add(entry);
  }

  #known(who: ExecutorIdentity): [Executor, BookEffect[]] {
    const known = this.#executors.get(who.ref.id);
    if (known !== undefined) return [known, []];
    const executor: Executor = { who, key: undefined, given: 0 };
    this.#executors.set(who.ref.id, executor);
    return [executor, [{ kind: 'tell', line: `Executor ready: ${who.id}` }]];
  }

  /** The task that is this executor's, as far as is known here. */
  #heldBy({ who, key }: Executor): TaskEntry | undefined {
    const entry = key && this.#runningEntry(key);
    return entry?.holder === who.ref.id ? entry : undefined;
  }

  #runningEntry(key: AttemptKey): TaskEntry | undefined {
    const entry = this.#entries.get(key.taskId);
    return entry?.isRunning(key) === true ? entry : undefined;
  }

  /** What it had is no longer wanted, and it has it no more. */
  #drop(executor: Executor, time: Time): BookEffect[] {
    const { key } = executor;
    executor.key = undefined;
    const entry = key && this.#entries.get(key.taskId);
    const attempt = key && entry?.attemptOf(key);
    if (entry === undefined || attempt?.outcome !== 'running') return [];
    return this.#end(entry, attempt, { outcome: 'lost' }, time);
  }

  #assign(time: Time): BookEffect[] {
    const due = [...this.#open]
      .filter(({ task, dueMs }) => task.status === 'pending' && dueMs <= time.nowMs)
      .sort((one, other) => one.dueMs - other.dueMs);
    const effects: BookEffect[] = [];
    for (const entry of due) {
      const executor = chooseExecutor([...this.#executors.values()]);
      if (executor === undefined) break;
      effects.push(...give(entry, executor, time));
    }
    return effects;
  }

  #end(
    entry: TaskEntry,
    attempt: Attempt,
    { outcome, error }: Pick<Attempt, 'outcome'> & { readonly error?: string | undefined },
    { wallMs }: Time,
  ): BookEffect[] {
    const told = error === undefined ? {} : { error };
    const ended: Attempt = { ...attempt, ...told, outcome, endedAt: wallMs };
    entry.write(attempt, ended);
    this.#nodes.change(ended.nodeId, attempt.outcome, outcome);
    return [
      { kind: 'keepAttempt', attempt: ended },
      { kind: 'keepCounts', counts: this.#nodes.counts },
    ];
  }

  #complete(
    entry: TaskEntry,
    { key, who }: { readonly key: AttemptKey; readonly who: ExecutorIdentity },
    time: Time,
  ): BookEffect[] {
    // Another attempt was quicker.
    if (entry.task.status === 'completed' || entry.task.run !== key.run) return [];
    this.#completed += 1;
    entry.completeRun(time);
    if (entry.task.interval === undefined) this.#open.delete(entry);
    return [
      { kind: 'keepTask', task: entry.task },
      { kind: 'completed', key, executorId: who.id },
    ];
  }

  #retry(
    entry: TaskEntry,
    { key, error }: { readonly key: AttemptKey; readonly error: string },
    time: Time,
  ): BookEffect[] {
    // A later attempt is under way, or was completed.
    if (!entry.isRunning(key)) return [];
    entry.pend(time, RETRY_MS, error);
    const line = `Task ${key.taskId} failed: ${error}`;
    return [
      { kind: 'keepTask', task: entry.task },
      { kind: 'tell', line },
    ];
  }

  /** The attempt that runs will not be heard of any more: the task is for somebody else. */
  #lose(entry: TaskEntry, time: Time): BookEffect[] {
    const attempt = entry.lastAttempt();
    entry.pend(time, 0);
    const lost = attempt === undefined ? [] : this.#end(entry, attempt, { outcome: 'lost' }, time);
    const line = `Reassigning task ${entry.task.id}`;
    return [{ kind: 'keepTask', task: entry.task }, ...lost, { kind: 'tell', line }];
  }
}

interface Executor {
  readonly who: ExecutorIdentity;
  key: AttemptKey | undefined;
  /** How many attempts it was given. */
  given: number;
}

function give(entry: TaskEntry, executor: Executor, time: Time): BookEffect[] {
  const { who } = executor;
  const attempt = entry.begin(who, time);
  const { taskId, run, attempt: number } = attempt;
  const key = { taskId, run, attempt: number };
  executor.key = key;
  executor.given += 1;
  return [
    { kind: 'keepTask', task: entry.task },
    { kind: 'keepAttempt', attempt },
    { kind: 'execute', to: who, key, task: entry.task },
  ];
}

const RETRY_MS = 2000;
const ADOPT_MS = 2000;
