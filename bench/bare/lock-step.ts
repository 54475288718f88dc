import { createHash } from 'node:crypto';
import { MessageChannel, Worker } from 'node:worker_threads';
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

/** The least that an event in another thread costs: a message there and one back. */
export class BareHop {
  readonly #worker: Worker;
  readonly #port;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    const text = `require('node:worker_threads').workerData.on('message',
      function (message) { this.postMessage(message); });`;
    this.#worker = new Worker(text, { eval: true, workerData: port2, transferList: [port2] });
    this.#port = port1;
  }

  async hop(times: number): Promise<void> {
    for (let n = 0; n < times; n++) {
      await new Promise((resolve) => {
        this.#port.once('message', resolve);
        this.#port.postMessage({ nowUs: n, input: { kind: 'frame', link: 7 } });
      });
    }
  }

  async close(): Promise<void> {
    this.#port.close();
    await this.#worker.terminate();
  }
}
