import { invariant } from '../../src/base/assert.js';
import type { NodeBoot, Turn, TurnResult } from '../turn.js';
import type { IdleThreads } from './idle-threads.js';
import { type Lane, type ThreadEnd, type ThreadInfo, TurnOverrunError } from './lane.js';
import type { ThreadTexts, TurnThread } from './turn-thread.js';

export interface WorkerLaneOptions extends ThreadTexts {
  readonly turnBudgetMs: number;
}

/**
 * Each life of a node in a thread of its own, which ends with it. The threads of those that live
 * on at the end of a run are left to later runs.
 */
export class WorkerLane implements Lane {
  readonly name = 'worker';
  readonly #options: WorkerLaneOptions;
  readonly #idle: IdleThreads;
  readonly #nodes: (Resident | undefined)[] = [];
  #turns = 0;

  constructor(idle: IdleThreads, options: WorkerLaneOptions) {
    this.#idle = idle;
    this.#options = options;
  }

  async boot(boot: NodeBoot): Promise<ThreadInfo> {
    const askedMs = performance.now();
    const { turnBudgetMs } = this.#options;
    const thread = await this.#idle.start(boot, this.#options, turnBudgetMs);
    this.#nodes[boot.index] = { boot, thread };
    const { index: node, incarnation } = boot;
    return { node, incarnation, threadId: thread.threadId, startMs: performance.now() - askedMs };
  }

  turn(node: number, turn: Turn, done: (result: TurnResult) => void): void {
    this.#turns += 1;
    const { boot, thread } = this.#resident(node);
    const { turnBudgetMs } = this.#options;
    const result = thread.turn(turn, turnBudgetMs);
    if (result === undefined) {
      const { nowUs, input } = turn;
      const stuck = { node, turn: this.#turns, nowUs, input: input.kind };
      throw new TurnOverrunError(stuck, boot.nodeId, turnBudgetMs);
    }
    done(result);
  }

  async crash(index: number): Promise<ThreadEnd> {
    const { boot, thread } = this.#resident(index);
    this.#nodes[index] = undefined;
    await thread.end();
    const { index: node, incarnation } = boot;
    return { node, incarnation, threadId: thread.threadId, exited: true };
  }

  async close(): Promise<void> {
    const residents = this.#nodes.filter((resident) => resident !== undefined);
    this.#nodes.length = 0;
    await Promise.all(residents.map(({ thread }) => this.#idle.keep(thread)));
  }

  #resident(node: number): Resident {
    const resident = this.#nodes[node];
    invariant(resident !== undefined, 'a turn is for a node that runs');
    return resident;
  }
}

interface Resident {
  readonly boot: NodeBoot;
  readonly thread: TurnThread;
}
