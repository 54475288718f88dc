import type { NodeBoot, Turn, TurnResult } from '../turn.js';

/** Where nodes live. The world asks for one turn at a time, whatever the lane. */
export interface Lane {
  readonly name: LaneName;
  /** Makes a node ready for its first turn. Nothing of its program has run yet. */
  boot(boot: NodeBoot): Promise<ThreadInfo>;
  /**
   * Lets a node take one turn and calls `done` when it fell quiet: at once, before `turn` returns,
   * or later from a native immediate. A node that does not fall quiet within the budget ends the
   * run with a {@link TurnOverrunError}.
   */
  turn(node: number, turn: Turn, done: (result: TurnResult) => void): void;
  /** Ends a node. Resolves when nothing of it can run any more. */
  crash(node: number): Promise<ThreadEnd>;
  /** Ends every node. */
  close(): Promise<void>;
}

export type LaneName = 'worker' | 'inproc';

export interface ThreadInfo {
  readonly node: number;
  readonly incarnation: number;
  readonly threadId: number;
  /** Milliseconds of the machine's time from the request until the node was ready. */
  readonly startMs: number;
}

export interface ThreadEnd {
  readonly node: number;
  readonly incarnation: number;
  readonly threadId: number;
  /** Whether the thread itself was seen to end: true in the worker lane only. */
  readonly exited: boolean;
}

/** A node's turn took longer than the machine's time allowed to it: most likely it never ends. */
export class TurnOverrunError extends Error {
  override readonly name = 'TurnOverrunError';

  constructor(
    readonly node: number,
    readonly turn: number,
    readonly budgetMs: number,
  ) {
    super(
      `node ${node} did not fall quiet within ${budgetMs} ms in turn ${turn} of the run: ` +
        'look for a loop of microtasks, or raise { turnBudgetMs }',
    );
  }
}

export const TURN_BUDGET_MS = 5000;
