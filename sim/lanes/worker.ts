import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import { invariant } from '../../src/base/assert.js';
import type { NodeBoot, Turn, TurnResult } from '../turn.js';
import { type Lane, type ThreadEnd, type ThreadInfo, TurnOverrunError } from './lane.js';
import { TurnPage } from './turn-page.js';
import { ANSWERED, ASKED, CONTROL_WORDS, type ThreadData } from './thread-data.js';

export interface WorkerLaneOptions {
  /** The bundled text of `node-thread`. */
  readonly threadText: string;
  /** The bundled text of the node program. */
  readonly bundle: string;
  readonly turnBudgetMs: number;
}

/**
 * Each life of a node in a thread of its own.
 *
 * The scheduler's thread sleeps while a node runs, so turns follow each other without a trip
 * through either event loop; there is one port for each node, owned by the scheduler.
 */
export class WorkerLane implements Lane {
  readonly name = 'worker';
  readonly #options: WorkerLaneOptions;
  readonly #nodes: (NodeThread | undefined)[] = [];
  #turns = 0;

  constructor(options: WorkerLaneOptions) {
    this.#options = options;
  }

  async boot(boot: NodeBoot): Promise<ThreadInfo> {
    const askedMs = performance.now();
    const thread = new NodeThread(boot, this.#options);
    this.#nodes[boot.index] = thread;
    await thread.ready;
    const { index: node, incarnation } = boot;
    return { node, incarnation, threadId: thread.threadId, startMs: performance.now() - askedMs };
  }

  turn(node: number, turn: Turn, done: (result: TurnResult) => void): void {
    this.#turns += 1;
    const thread = this.#thread(node);
    const result = thread.turn(turn);
    if (result === undefined) {
      const { nowUs, input } = turn;
      const stuck = { node, turn: this.#turns, nowUs, input: input.kind };
      throw new TurnOverrunError(stuck, thread.nodeId, this.#options.turnBudgetMs);
    }
    done(result);
  }

  async crash(node: number): Promise<ThreadEnd> {
    const thread = this.#thread(node);
    this.#nodes[node] = undefined;
    return thread.end();
  }

  async close(): Promise<void> {
    const threads = this.#nodes.filter((thread) => thread !== undefined);
    await Promise.all(threads.map((thread) => thread.end()));
    this.#nodes.length = 0;
  }

  #thread(node: number): NodeThread {
    const thread = this.#nodes[node];
    invariant(thread !== undefined, 'a turn is for a node that runs');
    return thread;
  }
}

class NodeThread {
  readonly ready: Promise<void>;
  readonly threadId: number;
  readonly #boot: NodeBoot;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #exited: Promise<unknown>;
  readonly #control = new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * 4));
  readonly #page = new TurnPage();
  readonly #turnBudgetMs: number;

  constructor(boot: NodeBoot, { threadText, bundle, turnBudgetMs }: WorkerLaneOptions) {
    const { port1, port2 } = new MessageChannel();
    const page = this.#page.shared;
    const data: ThreadData = { boot, bundle, port: port2, control: this.#control, page };
    this.#boot = boot;
    this.#port = port1;
    this.#turnBudgetMs = turnBudgetMs;
    // No flags, loaders or environment of the scheduler's own process reach a node.
    this.#worker = new Worker(threadText, {
      eval: true,
      workerData: data,
      transferList: [port2],
      execArgv: [],
      env: {},
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
      name: boot.nodeId,
    });
    this.threadId = this.#worker.threadId;
    this.#exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.ready = new Promise((resolve, reject) => {
      this.#worker.once('message', () => resolve());
      this.#worker.once('error', reject);
    });
    this.ready.catch(() => undefined);
  }

  get nodeId(): string {
    return this.#boot.nodeId;
  }

  /** The result of a turn; `undefined` when the node did not fall quiet in time. */
  turn(turn: Turn): TurnResult | undefined {
    const control = this.#control;
    if (!this.#page.writeTurn(turn)) this.#port.postMessage(turn);
    const asked = Atomics.add(control, ASKED, 1) + 1;
    Atomics.notify(control, ASKED);
    // A wake-up may be for something else: only the number tells that this turn was answered.
    for (let answered = Atomics.load(control, ANSWERED); answered !== asked;) {
      if (Atomics.wait(control, ANSWERED, answered, this.#turnBudgetMs) === 'timed-out') {
        return undefined;
      }
      answered = Atomics.load(control, ANSWERED);
    }
    return this.#page.readResult() ?? (receiveMessageOnPort(this.#port)?.message as TurnResult);
  }

  async end(): Promise<ThreadEnd> {
    await this.#worker.terminate();
    await this.#exited;
    this.#port.close();
    const { index: node, incarnation } = this.#boot;
    return { node, incarnation, threadId: this.threadId, exited: true };
  }
}

// Left to itself the engine lets the young objects of a busy thread grow to 48 MiB, which a hundred
// nodes have not got; with this much it runs as fast.
const YOUNG_GENERATION_MIB = 6;
