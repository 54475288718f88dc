import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { Codec } from '../../src/cluster/codec.js';

/**
 * The least that a simulated event costs in one thread: the queue of the engine runs empty, one
 * message is encoded and decoded, its bytes are hashed.
 */
export async function drainCodecHash(events: number): Promise<void> {
  const codec = new Codec();
  const hash = createHash('sha256');
  for (let n = 0; n < events; n++) {
    const bytes = codec.encode({ kind: 'call', id: n, to: 'counter-7', message: { op: n } });
    hash.update(bytes);
    codec.decode(bytes);
    await new Promise((resolve) => setImmediate(resolve));
  }
  hash.digest();
}

/**
 * The least that a turn of a node in another thread costs: that thread is woken, its queue runs
 * empty, and it wakes this one, which slept.
 */
export class BareHandOver {
  readonly #words = new Int32Array(new SharedArrayBuffer(8));
  readonly #worker: Worker;

  constructor() {
    this.#worker = new Worker(THREAD, { eval: true, workerData: this.#words });
  }

  handOver(times: number): void {
    for (let n = 0; n < times; n++) {
      const asked = Atomics.add(this.#words, 0, 1) + 1;
      Atomics.notify(this.#words, 0);
      for (let answered = Atomics.load(this.#words, 1); answered !== asked;) {
        Atomics.wait(this.#words, 1, answered);
        answered = Atomics.load(this.#words, 1);
      }
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

const THREAD = `
  const words = require('node:worker_threads').workerData;
  let taken = 0;
  setImmediate(function serve() {
    for (let asked = Atomics.load(words, 0); asked === taken; asked = Atomics.load(words, 0)) {
      Atomics.wait(words, 0, asked);
    }
    taken += 1;
    setImmediate(() => {
      Atomics.add(words, 1, 1);
      Atomics.notify(words, 1);
      serve();
    });
  });`;
