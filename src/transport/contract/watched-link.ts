import type { CloseReason, Link } from '../../platform/transport.js';
import type { Side } from './bench.js';

/** What an experiment does when something happens to a link. */
export interface Script {
  onOpen?(link: WatchedLink): void;
  onFrame?(link: WatchedLink, frame: Uint8Array): void;
  onDrain?(link: WatchedLink): void;
  onClose?(link: WatchedLink, reason: CloseReason): void;
}

/** Who a watched link reports to. */
export interface LinkWatcher {
  /** Runs a call into the transport; no event may be delivered before it returns. */
  calling<T>(call: string, run: () => T): T;
  fault(what: string): void;
}

/** One end of a link, with everything that has happened to it. */
export class WatchedLink {
  /** How often the link opened; more than once is a fault. */
  opened = 0;
  drained = 0;
  /** Why the link ended; more than one reason is a fault. */
  readonly closed: CloseReason[] = [];
  readonly frames: Uint8Array[] = [];
  /** `send` said false on a link that was not closed, and no `onDrain` came since. */
  full = false;
  closedByUs = false;

  readonly #watcher: LinkWatcher;
  #link: Link | undefined;

  constructor(
    watcher: LinkWatcher,
    readonly side: Side,
    readonly name: string,
  ) {
    this.#watcher = watcher;
  }

  attach(link: Link): void {
    this.#link = link;
  }

  get ended(): boolean {
    return this.closed.length > 0;
  }

  send(frame: Uint8Array): boolean {
    const link = this.#attached();
    const length = frame.length;
    const answer: unknown = this.#watcher.calling('send', () => link.send(frame));
    if (typeof answer !== 'boolean') {
      this.#watcher.fault(`send on ${this.name} answered ${typeof answer} for ${length} bytes`);
    }
    if (answer === false && !this.ended && !this.closedByUs) this.full = true;
    return answer === true;
  }

  close(): void {
    const link = this.#attached();
    this.closedByUs = true;
    this.#watcher.calling('close', () => {
      link.close();
    });
  }

  #attached(): Link {
    if (this.#link === undefined) throw new Error(`${this.name} had an event before it existed`);
    return this.#link;
  }
}
