import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
  type ResourceLimits,
} from 'node:worker_threads';
import type { NodeBoot, Turn, TurnResult } from '../turn.js';
import { TurnPage } from './turn-page.js';
import { ANSWERED, ASKED, CONTROL_WORDS, type ThreadData } from './thread-data.js';

/** What a thread runs: two threads with the same texts can stand in for each other. */
export interface ThreadTexts {
  /** The bundled text of `node-thread`. */
  readonly threadText: string;
  /** The bundled text of the node program. */
  readonly bundle: string;
}

/**
 * The scheduler's hand on a thread with one node in it.
 *
 * The scheduler sleeps while the node runs, and the thread sleeps while it is not the node's turn,
 * so turns follow each other without a trip through either event loop.
 */
export class TurnThread {
  readonly texts: ThreadTexts;
  readonly threadId: number;
  /** Resolves when the first node in it may be given its first turn. */
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #exited: Promise<unknown>;
  readonly #control = new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * 4));
  readonly #page = new TurnPage();
  #lives = 1;
  #hasExited = false;

  constructor(boot: NodeBoot, texts: ThreadTexts) {
    const { port1, port2 } = new MessageChannel();
    const page = this.#page.shared;
    const { threadText, bundle } = texts;
    const data: ThreadData = { boot, bundle, port: port2, control: this.#control, page };
    this.texts = texts;
    this.#port = port1;
    // No flags, loaders or environment of the scheduler's own process reach a node.
    this.#worker = new Worker(threadText, {
      eval: true,
      workerData: data,
      transferList: [port2],
      execArgv: [],
      env: {},
      resourceLimits: limitsOf(boot),
      name: boot.nodeId,
    });
    this.threadId = this.#worker.threadId;
    this.#exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    void this.#exited.then(() => (this.#hasExited = true));
    this.ready = new Promise((resolve, reject) => {
      this.#worker.once('message', () => resolve());
      this.#worker.once('error', reject);
    });
    this.ready.catch(() => undefined);
  }

  /** How many nodes have lived in it, one after another. */
  get lives(): number {
    return this.#lives;
  }

  /** Whether it answered all that it was asked: then nothing of a node runs in it. */
  get isQuiet(): boolean {
    const control = this.#control;
    return !this.#hasExited && Atomics.load(control, ASKED) === Atomics.load(control, ANSWERED);
  }

  /** The result of a turn; `undefined` when the node did not fall quiet in time. */
  turn(turn: Turn, budgetMs: number): TurnResult | undefined {
    if (!this.#page.writeTurn(turn)) this.#port.postMessage(turn);
    if (!this.#handOver(budgetMs)) return undefined;
    return this.#page.readResult() ?? (receiveMessageOnPort(this.#port)?.message as TurnResult);
  }

  /** Puts another node in the place of the last one, which is not heard any more. */
  reboot(boot: NodeBoot, budgetMs: number): boolean {
    this.#lives += 1;
    this.#page.leaveToMessage();
    this.#port.postMessage(boot);
    return this.#handOver(budgetMs);
  }

  /** Whether it holds the process alive. */
  hold(holds: boolean): void {
    if (holds) this.#worker.ref();
    else this.#worker.unref();
  }

  /** Resolves when the thread is gone. */
  async end(): Promise<void> {
    await this.#worker.terminate();
    await this.#exited;
    this.#port.close();
  }

  /** Lets the thread do what it was told; false when it did not answer in time. */
  #handOver(budgetMs: number): boolean {
    const control = this.#control;
    const asked = Atomics.add(control, ASKED, 1) + 1;
    Atomics.notify(control, ASKED);
    // A wake-up may be for something else: only the number tells that this turn was answered.
    for (let answered = Atomics.load(control, ANSWERED); answered !== asked;) {
      if (Atomics.wait(control, ANSWERED, answered, budgetMs) === 'timed-out') return false;
      answered = Atomics.load(control, ANSWERED);
    }
    return true;
  }
}

function limitsOf({ index }: NodeBoot): ResourceLimits {
  const limits = { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB };
  return index < ROOMY_NODES ? limits : { ...limits, maxOldGenerationSizeMb: CROWDED_HEAP_MIB };
}

// The engine collects garbage sooner in a thread that has not got gigabytes: in a cluster of very
// many nodes that is what keeps the process small.
const ROOMY_NODES = 6;
const CROWDED_HEAP_MIB = 96;
// Left to itself the engine lets the young objects of a busy thread grow to 48 MiB, which a hundred
// nodes have not got; with this much it runs as fast.
const YOUNG_GENERATION_MIB = 6;
