import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { createNodePlatform } from '../platform/node-platform.js';
import type { Log, Timers } from '../platform/platform.js';
import { MessagePortTransport } from './message-port.js';
import type { MessagePortLike, MessagePortTransportOptions } from './message-port.js';

/**
 * Two transports at the ends of a real message channel, for tests. It counts what is posted and
 * what has arrived, so it knows when nothing is under way without waiting for time to pass.
 */
export class PortBench {
  readonly #names: readonly [string, string];
  readonly #log: Log;
  readonly #timers = new CountedTimers(createNodePlatform().timers);
  readonly #ends: readonly [CountedPort, CountedPort];

  constructor(first: string, second: string, log: Log) {
    const { port1, port2 } = new MessageChannel();
    this.#names = [first, second];
    this.#log = log;
    this.#ends = [new CountedPort(port1), new CountedPort(port2)];
    this.#ends[0].other = this.#ends[1];
    this.#ends[1].other = this.#ends[0];
  }

  transports(
    options: Partial<MessagePortTransportOptions>,
  ): [MessagePortTransport, MessagePortTransport] {
    const platform = { timers: this.#timers, log: this.#log };
    const [first, second] = this.#names;
    const make = (address: string, peer: string, port: MessagePortLike): MessagePortTransport =>
      new MessagePortTransport({ platform, address, ports: [[peer, port]], ...options });
    return [make(first, second, this.#ends[0]), make(second, first, this.#ends[1])];
  }

  /** Resolves when every message has arrived and every event that was due has been told. */
  async settle(): Promise<void> {
    do await this.#timers.turn();
    while (this.#timers.pending > 0 || this.#ends.some((end) => !end.quiet));
  }

  /** Breaks the channel under the transports. */
  cut(): void {
    this.#ends[0].cut();
  }

  /** How many messages the transport of this name has posted. */
  posted(name: string): number {
    return this.#end(name).posted;
  }

  /** Whose port holds the process alive. */
  held(): string[] {
    return this.#names.filter((name) => this.#end(name).held);
  }

  #end(name: string): CountedPort {
    return this.#ends[this.#names[0] === name ? 0 : 1];
  }
}

class CountedPort implements MessagePortLike {
  other: CountedPort | undefined;
  posted = 0;
  held = false;
  readonly #port: MessagePort;
  readonly #wrapped = new Map<unknown, (message: unknown) => void>();
  #arrived = 0;
  #closed = false;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('close', () => {
      this.#closed = true;
      this.held = false;
    });
    port.unref();
  }

  /** Nothing is on its way to this end, not even the news that the other one closed. */
  get quiet(): boolean {
    if (this.#closed) return true;
    return this.other?.posted === this.#arrived && !this.other.#closed;
  }

  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void {
    this.posted += 1;
    this.#port.postMessage(message, transfer);
  }

  on(event: string, listener: (message: unknown) => void): void {
    const wrapped = (message: unknown): void => {
      listener(message);
      if (event === 'message') this.#arrived += 1;
    };
    this.#wrapped.set(listener, wrapped);
    this.#port.on(event as 'message', wrapped);
  }

  off(event: string, listener: (message: unknown) => void): void {
    this.#port.off(event as 'message', this.#wrapped.get(listener) ?? listener);
  }

  ref(): void {
    this.held = true;
    this.#port.ref();
  }

  unref(): void {
    this.held = false;
    this.#port.unref();
  }

  close(): void {
    this.#closed = true;
    this.held = false;
    this.#port.close();
  }

  /** Closes the channel behind the back of whoever listens here. */
  cut(): void {
    this.#port.close();
  }
}

/** Counts the timers that are due at once; those that guard against silence are left out. */
class CountedTimers implements Timers {
  pending = 0;
  readonly #timers: Timers;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  after: Timers['after'] = (delayMs, fire, options) => {
    if (delayMs > 0) return this.#timers.after(delayMs, fire, options);
    this.pending += 1;
    const counted = (): void => {
      this.pending -= 1;
      fire();
    };
    return this.#timers.after(delayMs, counted, options);
  };

  /** Lets timers, messages and continuations run once. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#timers.after(0, resolve, { keepAlive: true });
    });
  }
}
