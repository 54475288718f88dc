import { setImmediate } from 'node:timers';
import { invariant } from '../../src/base/assert.js';
import { SimNode } from '../sim-node.js';
import type { NodeBoot, Turn, TurnResult } from '../turn.js';
import type { Lane, ThreadEnd, ThreadInfo } from './lane.js';
import type { TurnMarks } from './turn-marks.js';

export interface InprocLaneOptions {
  readonly bundle: string;
  /** Where the watchdog outside looks for the turn that runs. */
  readonly marks: TurnMarks;
  readonly threadId: number;
}

/**
 * All nodes in the scheduler's own thread, each with its own copy of the bundle.
 *
 * A turn that never falls quiet blocks this thread for good: whoever owns it watches `marks`.
 */
export class InprocLane implements Lane {
  readonly name = 'inproc';
  readonly #options: InprocLaneOptions;
  readonly #nodes: (Resident | undefined)[] = [];
  #running: Resident | undefined;
  #done: ((result: TurnResult) => void) | undefined;

  constructor(options: InprocLaneOptions) {
    this.#options = options;
  }

  boot(boot: NodeBoot): Promise<ThreadInfo> {
    const askedMs = performance.now();
    const { index: node, incarnation } = boot;
    const sim = new SimNode(structuredClone(boot), this.#options.bundle);
    this.#nodes[node] = { node: sim, index: node, incarnation };
    const { threadId } = this.#options;
    return Promise.resolve({ node, incarnation, threadId, startMs: performance.now() - askedMs });
  }

  turn(index: number, turn: Turn, done: (result: TurnResult) => void): void {
    const resident = this.#nodes[index];
    invariant(resident !== undefined, 'a turn is for a node that runs');
    this.#running = resident;
    this.#done = done;
    this.#options.marks.begin(index, turn);
    resident.node.take(turn);
    setImmediate(this.#finish);
  }

  /** What nobody caught is the fault of the node that runs. False when none does. */
  blame(thrown: unknown): boolean {
    this.#running?.node.fail(thrown);
    return this.#running !== undefined;
  }

  async crash(index: number): Promise<ThreadEnd> {
    const resident = this.#nodes[index];
    invariant(resident !== undefined, 'a crash is for a node that runs');
    this.#nodes[index] = undefined;
    // After something was thrown the engine puts off the rest of a turn's ticks to a later
    // immediate. They are still this node's.
    this.#running = resident;
    this.#options.marks.resume(index);
    resident.node.fail(new Error('crashed'));
    for (let rounds = 0; rounds < 3; rounds++) await nativeImmediate();
    this.#running = undefined;
    this.#options.marks.end();
    const { incarnation } = resident;
    return { node: index, incarnation, threadId: this.#options.threadId, exited: false };
  }

  close(): Promise<void> {
    for (const resident of this.#nodes) resident?.node.fail(new Error('the run ended'));
    this.#nodes.length = 0;
    return Promise.resolve();
  }

  readonly #finish = (): void => {
    const { node } = this.#running as Resident;
    this.#options.marks.end();
    this.#running = undefined;
    this.#done?.(node.finish());
  };
}

interface Resident {
  readonly node: SimNode;
  readonly index: number;
  readonly incarnation: number;
}

function nativeImmediate(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
