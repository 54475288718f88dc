import type { AssignTask, Try } from './protocol.js';

/** The tries that a worker has under a lease. */
export class HeldTries implements Iterable<Try> {
  readonly #tries = new Map<string, { readonly held: Try; readonly leaseMs: number }>();

  get size(): number {
    return this.#tries.size;
  }

  add({ task, attempt, leaseMs }: AssignTask): void {
    this.#tries.set(task.taskId, { held: { taskId: task.taskId, attempt }, leaseMs });
  }

  /** False when it is not held, or another try of the task is. */
  remove({ taskId, attempt }: Try): boolean {
    const known = this.#tries.get(taskId);
    if (known === undefined || known.held.attempt !== (attempt ?? known.held.attempt)) return false;
    return this.#tries.delete(taskId);
  }

  /** `Infinity` when there are none. */
  shortestLeaseMs(): number {
    let shortestMs = Infinity;
    for (const { leaseMs } of this.#tries.values()) shortestMs = Math.min(shortestMs, leaseMs);
    return shortestMs;
  }

  *[Symbol.iterator](): Iterator<Try> {
    for (const { held } of this.#tries.values()) yield held;
  }
}
