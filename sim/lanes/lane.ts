import type { NodeBoot, NodeInput, Turn, TurnResult } from '../turn.js';
import type { MarkedTurn } from './turn-marks.js';

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

/** A thread for each node, or all nodes in one thread: the same trace. */
export type LaneName = 'worker' | 'inproc';

/** One life of one node, as the machine started it. */
export interface ThreadInfo {
  readonly node: number;
  readonly incarnation: number;
  readonly threadId: number;
  /** Milliseconds of the machine's time from the request until the node was ready. */
  readonly startMs: number;
}

/** How one life of one node ended on the machine. */
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
  /** The index of the node. */
  readonly node: number;
  readonly nowUs: number;

  constructor(
    readonly stuck: MarkedTurn,
    readonly nodeId: string,
    readonly budgetMs: number,
  ) {
    const { node, turn, nowUs, input } = stuck;
    super(
      `${nodeId} did not fall quiet within ${budgetMs} ms of the machine's time, in turn ${turn} ` +
        `at ${nowUs / 1000} ms of virtual time, which ${CAUSES[input]}: ` +
        'look for an endless loop, of microtasks too, or raise { turnBudgetMs }',
    );
    this.node = node;
    this.nowUs = nowUs;
  }
}

const CAUSES: Readonly<Record<NodeInput['kind'], string>> = {
  boot: 'began with its start',
  wake: 'a timer began',
  arrived: 'began with a dial from a peer',
  opened: 'began with an opened link',
  frame: 'a frame from a peer began',
  closed: 'began with a closed link',
  drained: 'began with a drained link',
  operation: 'an operation of the workload began',
  leaving: 'began with the order to leave',
  wall: 'began with a change of its wall clock',
};

/**
 * Without a loop no turn takes a tenth of it, and with one the run is over within two seconds, the
 * time to notice and to end the thread included.
 */
export const TURN_BUDGET_MS = 1250;
