import type { Assignment, Task, WorkerStatus } from './task.js';

/** An assignment on its way to the process of a worker. */
export interface Handout {
  readonly to: WorkerStatus;
  readonly assignment: Assignment;
}

export interface QueueCounts {
  readonly submitted: number;
  readonly pending: number;
  readonly running: number;
  readonly done: number;
  /** How often a task was given to a worker again, because the one before it was lost. */
  readonly reassigned: number;
}

/**
 * Who has which task. A task is pending, with one worker, or done; that of a lost worker is pending
 * again, before the others. Each method gives what is to be handed out because of it.
 */
export class QueueLedger {
  readonly #queueId: string;
  readonly #pending: Entry[] = [];
  readonly #open = new Map<string, Entry>();
  /** By the process id of the worker. */
  readonly #workers = new Map<string, Known>();
  #submitted = 0;
  #assigned = 0;
  #reassigned = 0;

  constructor(queueId: string) {
    this.#queueId = queueId;
  }

  get counts(): QueueCounts {
    const [submitted, pending] = [this.#submitted, this.#pending.length];
    const open = this.#open.size;
    const reassigned = this.#reassigned;
    return { submitted, pending, running: open - pending, done: submitted - open, reassigned };
  }

  /** Everyone who asked for work and is not lost, and what each one works on. */
  workers(): readonly { readonly status: WorkerStatus; readonly task: Task | undefined }[] {
    return [...this.#workers.values()].map(({ status, held }) => ({
      status,
      task: held?.entry.task,
    }));
  }

  knows(processId: string): boolean {
    return this.#workers.has(processId);
  }

  submit(payloads: readonly string[]): readonly [tasks: readonly Task[], handouts: Handout[]] {
    const tasks = payloads.map((payload): Task => {
      this.#submitted += 1;
      return { id: `task-${this.#submitted}`, payload };
    });
    for (const task of tasks) {
      const entry = { task, attempts: 0 };
      this.#open.set(task.id, entry);
      this.#pending.push(entry);
    }
    return [tasks, this.#handOut()];
  }

  /**
   * A worker asks for work, and says which assignment it has done since. Asked again, the answer is
   * the same: it got lost, or is still under way.
   */
  pull(status: WorkerStatus, done?: Assignment): Handout[] {
    const known = this.#workers.get(status.ref.id) ?? { status, held: undefined };
    known.status = status;
    this.#workers.set(status.ref.id, known);
    if (done !== undefined) this.#finish(known, done);
    if (known.held !== undefined) return [{ to: status, assignment: known.held.assignment }];
    return this.#handOut();
  }

  /** The process of a worker is gone, or out of reach. */
  lose(processId: string): Handout[] {
    const known = this.#workers.get(processId);
    this.#workers.delete(processId);
    if (known?.held === undefined) return [];
    const { entry } = known.held;
    // It may be done by now: a worker that was thought lost came back and said so.
    if (this.#open.get(entry.task.id) !== entry) return [];
    this.#reassigned += 1;
    this.#pending.unshift(entry);
    return this.#handOut();
  }

  #finish(known: Known, { id, queueId, task }: Assignment): void {
    if (known.held?.assignment.id === id) known.held = undefined;
    // Its result is counted, whoever has it by now: nobody else needs to begin with it.
    const entry = queueId === this.#queueId ? this.#open.get(task.id) : undefined;
    if (entry === undefined) return;
    this.#open.delete(task.id);
    const at = this.#pending.indexOf(entry);
    if (at >= 0) this.#pending.splice(at, 1);
  }

  #handOut(): Handout[] {
    const handouts: Handout[] = [];
    for (const known of this.#workers.values()) {
      if (this.#pending.length === 0) break;
      if (known.held !== undefined) continue;
      const entry = this.#pending.shift() as Entry;
      entry.attempts += 1;
      this.#assigned += 1;
      const assignment: Assignment = {
        id: `${this.#queueId}#${this.#assigned}`,
        queueId: this.#queueId,
        task: entry.task,
        attempt: entry.attempts,
      };
      known.held = { entry, assignment };
      handouts.push({ to: known.status, assignment });
    }
    return handouts;
  }
}

interface Entry {
  readonly task: Task;
  attempts: number;
}

interface Known {
  status: WorkerStatus;
  held: { readonly entry: Entry; readonly assignment: Assignment } | undefined;
}
