import type { MessagePort } from 'node:worker_threads';

/**
 * The least that an echo over a port costs with the envelope and batching of our transport: the
 * frames of one turn in one buffer, each behind its length, given away when the turn is over.
 */
export class BarePackedPort {
  readonly #port: MessagePort;
  #frames: Uint8Array[] = [];
  #words = 0;

  constructor(port: MessagePort, onFrame: (frame: Uint8Array) => void) {
    this.#port = port;
    port.on('message', (words: Uint32Array) => {
      for (let at = 0; at < words.length;) {
        const bytes = words[at]!;
        onFrame(new Uint8Array(words.buffer, (at + 1) * 4, bytes));
        at += 1 + ((bytes + 3) >>> 2);
      }
    });
  }

  send(frame: Uint8Array): void {
    this.#words += 1 + ((frame.length + 3) >>> 2);
    if (this.#frames.push(frame) === 1) void Promise.resolve().then(this.#flush);
  }

  readonly #flush = (): void => {
    const words = new Uint32Array(this.#words);
    const bytes = new Uint8Array(words.buffer);
    let at = 0;
    for (const frame of this.#frames) {
      words[at] = frame.length;
      bytes.set(frame, (at + 1) * 4);
      at += 1 + ((frame.length + 3) >>> 2);
    }
    this.#frames = [];
    this.#words = 0;
    this.#port.postMessage(words, [words.buffer]);
  };
}

/** One message for each frame, whose buffer is given away. */
export class BarePort {
  readonly #port: MessagePort;

  constructor(port: MessagePort, onFrame: (frame: Uint8Array) => void) {
    this.#port = port;
    port.on('message', onFrame);
  }

  send(frame: Uint8Array): void {
    this.#port.postMessage(frame, [frame.buffer as ArrayBuffer]);
  }
}
