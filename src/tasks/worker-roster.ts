import type { WorkerView } from './task-desk.js';

/** The workers that are connected, and those that were and still have something. */
export class WorkerRoster {
  readonly #entries = new Map<string, RosterEntry>();

  /** Connected now. A worker that comes back keeps its place and its counts. */
  join(workerId: string, nowMs: number): RosterEntry {
    const known = this.#entries.get(workerId);
    const entry = known ?? {
      workerId,
      taskTypes: new Set<string>(),
      isConnected: true,
      sinceMs: nowMs,
      completed: 0,
      failed: 0,
    };
    entry.isConnected = true;
    this.#entries.set(workerId, entry);
    return entry;
  }

  leave(workerId: string): void {
    const entry = this.#entries.get(workerId);
    if (entry !== undefined) entry.isConnected = false;
  }

  /** Of many workers that left and have nothing, the first ones are forgotten. */
  prune(hasTasks: (workerId: string) => boolean): void {
    let excess = this.#entries.size - this.connectedCount() - GONE_MAX;
    if (excess <= 0) return;
    for (const { workerId, isConnected } of [...this.#entries.values()]) {
      if (excess <= 0) return;
      if (isConnected || hasTasks(workerId)) continue;
      this.#entries.delete(workerId);
      excess -= 1;
    }
  }

  get(workerId: string): RosterEntry | undefined {
    return this.#entries.get(workerId);
  }

  connectedCount(): number {
    let count = 0;
    for (const { isConnected } of this.#entries.values()) if (isConnected) count += 1;
    return count;
  }

  /** `tasksOf` says what a worker has. Whoever is gone and has nothing is forgotten. */
  views(tasksOf: (workerId: string) => readonly string[]): WorkerView[] {
    return [...this.#entries.values()].flatMap((entry) => {
      const taskIds = tasksOf(entry.workerId);
      if (!entry.isConnected && taskIds.length === 0) {
        this.#entries.delete(entry.workerId);
        return [];
      }
      return [{ ...entry, taskTypes: [...entry.taskTypes], taskIds }];
    });
  }
}

const GONE_MAX = 1000;

/** How the ids begin of workers that do not say who they are. */
export const UNNAMED_PREFIX = 'socket:';

export interface RosterEntry {
  readonly workerId: string;
  taskTypes: Set<string>;
  isConnected: boolean;
  readonly sinceMs: number;
  completed: number;
  failed: number;
}
