import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Link, LinkEvents } from '../../src/platform/transport.js';
import type { NodeContext, NodeProgram } from '../program.js';

/** What a chattering node is told. */
export interface ChatterSettings {
  readonly peers: readonly string[];
  readonly everyMs: number;
  readonly frameBytes?: number;
}

/**
 * A program for tests of the simulator: every node dials every other one, sends on a timer of the
 * machine's own kind, answers, and dials again whatever closed. It tells the time, draws and waits
 * through the globals and modules that a user's program would use.
 */
export function createNode(context: NodeContext): NodeProgram {
  const chatter = new Chatter(context);
  return { start: () => chatter.start(), operate: (operation) => chatter.operate(operation) };
}

class Chatter {
  readonly #context: NodeContext;
  readonly #settings: ChatterSettings;
  readonly #links = new Set<Link>();
  #sent = 0;
  #received = 0;

  constructor(context: NodeContext) {
    this.#context = context;
    this.#settings = context.boot.program as ChatterSettings;
  }

  async start(): Promise<void> {
    const { transport, boot } = this.#context;
    await transport.listen((link) => this.#events(link, undefined));
    for (const peer of this.#settings.peers) if (peer !== boot.address) this.#dial(peer);
    this.#observe('started', { id: randomUUID(), at: Date.now(), chance: Math.random() });
    setInterval(() => this.#speak(), this.#settings.everyMs);
  }

  async operate(operation: unknown): Promise<void> {
    if (operation === 'throw') throw new TypeError('thrown on purpose');
    if (operation === 'reject later') {
      void Promise.resolve().then(() => Promise.reject(new RangeError('rejected on purpose')));
    } else if (operation === 'throw in a tick') {
      process.nextTick(() => {
        process.nextTick(() => void globalThis.crypto.randomUUID());
        throw new RangeError('thrown in a tick');
      });
    } else if (operation === 'spin') {
      const spin = (): void => void Promise.resolve().then(spin);
      spin();
    } else if (operation === 'loop') {
      for (let n = 1; n > 0;) n = (n % 7) + 1;
    } else if (operation === 'exit') {
      process.exit();
    } else if (operation === 'touch the world') {
      await fetch('http://10.0.0.1');
    } else {
      await pause(3);
      this.#observe('operated', { operation, at: new Date().toISOString() });
    }
  }

  #dial(address: string): void {
    let link: Link | undefined = undefined;
    const events = this.#events(undefined, address, () => link);
    link = this.#context.transport.dial(address, events);
  }

  #events(link: Link | undefined, peer: string | undefined, dialled = () => link): LinkEvents {
    return {
      onOpen: () => {
        const opened = dialled();
        if (opened !== undefined) this.#links.add(opened);
      },
      onFrame: (frame) => this.#hear(dialled(), frame),
      onClose: (reason) => {
        const closed = dialled();
        if (closed !== undefined) this.#links.delete(closed);
        this.#observe('closed', { reason, peer });
        if (peer !== undefined) setTimeout(() => this.#dial(peer), 50 + (performance.now() % 7));
      },
    };
  }

  #speak(): void {
    const links = [...this.#links];
    const link = links[Math.floor(Math.random() * links.length)];
    if (link === undefined) return;
    const frame = new Uint8Array(this.#settings.frameBytes ?? 64);
    frame[0] = 1;
    new DataView(frame.buffer).setUint32(1, this.#sent++);
    link.send(frame);
  }

  #hear(link: Link | undefined, frame: Uint8Array): void {
    this.#received += 1;
    if (this.#received % 100 === 0) this.#observe('heard', { received: this.#received });
    if (frame[0] !== 1 || link === undefined) return;
    void Promise.resolve().then(() => link.send(frame.with(0, 2)));
  }

  #observe(kind: string, fields: Record<string, unknown>): void {
    this.#context.observe({ kind, ...fields });
  }
}
