import type { Socket } from 'node:net';
import type { Platform } from '../platform/platform.js';
import { remoteOf } from './tcp-address.js';

/**
 * The accepted connections of which nobody has said yet that they may be here, from their first
 * moment on: those that never begin their TLS, too. The oldest gives way to one too many, so that
 * who says nothing holds no more than so many sockets, and keeps nobody else out.
 */
export class Strangers {
  readonly #platform: Pick<Platform, 'timers' | 'log'>;
  readonly #max: number;
  /** How to end each at once, by where it comes from, oldest first. */
  readonly #drops = new Map<string, Stranger>();
  #untold = 0;
  #hasJustTold = false;

  constructor(platform: Pick<Platform, 'timers' | 'log'>, max: number) {
    this.#platform = platform;
    this.#max = max;
  }

  get count(): number {
    return this.#drops.size;
  }

  arrived(socket: Socket): void {
    const from = remoteOf(socket);
    if (from === undefined) return;
    const stranger: Stranger = { drop: () => socket.destroy(), isLinked: false };
    this.#drops.set(from, stranger);
    socket.once('close', () => {
      if (this.#drops.get(from) === stranger) this.#drops.delete(from);
    });
    if (this.#drops.size > this.#max) this.#dropOldest();
  }

  /** A link was made of the connection; `drop` ends both. */
  linked(socket: Socket, drop: () => void): void {
    const stranger = this.#drops.get(remoteOf(socket) ?? '');
    if (stranger !== undefined) Object.assign(stranger, { drop, isLinked: true });
  }

  trust(socket: Socket): void {
    this.#drops.delete(remoteOf(socket) ?? '');
  }

  /** Ends those that no link was made of: nobody else would. */
  close(): void {
    for (const { drop, isLinked } of [...this.#drops.values()]) if (!isLinked) drop();
  }

  #dropOldest(): void {
    for (const [from, { drop }] of this.#drops) {
      this.#drops.delete(from);
      drop();
      this.#untold += 1;
      return this.#tell();
    }
  }

  // A flood is one line a second, not one for each connection.
  #tell(): void {
    if (this.#hasJustTold || this.#untold === 0) return;
    this.#hasJustTold = true;
    this.#platform.log.warn('connections gave way to newer ones: too many strangers at once', {
      dropped: this.#untold,
      strangersMax: this.#max,
    });
    this.#untold = 0;
    this.#platform.timers.after(TELL_EVERY_MS, () => {
      this.#hasJustTold = false;
      this.#tell();
    });
  }
}

interface Stranger {
  drop(): void;
  isLinked: boolean;
}

const TELL_EVERY_MS = 1000;
