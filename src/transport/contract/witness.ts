import type { Address, CloseReason, Link, LinkEvents } from '../../platform/transport.js';
import type { ContractBench, Side } from './bench.js';
import { LawBroken, demand } from './law-broken.js';
import { WatchedLink } from './watched-link.js';
import type { LinkWatcher, Script } from './watched-link.js';

/** A side that listens, and the links it accepted so far. */
export interface Listening {
  readonly address: Address;
  readonly accepted: readonly WatchedLink[];
}

/** Both ends of one link. */
export interface LinkPair {
  readonly dialled: WatchedLink;
  readonly accepted: WatchedLink;
}

/**
 * Makes every call of an experiment and sees every event. What breaks the grammar of a link, or
 * comes from inside a call, is noted and never forgiven.
 */
export class Witness implements LinkWatcher {
  readonly links: WatchedLink[] = [];
  readonly bench: ContractBench;
  readonly #faults: string[] = [];
  #inside: string | undefined;

  constructor(bench: ContractBench) {
    this.bench = bench;
  }

  /** Makes `side` listen. `accepting` may throw, to see what that does. */
  async listen(
    side: Side,
    script: Script = {},
    accepting?: (link: WatchedLink) => void,
  ): Promise<Listening> {
    const accepted: WatchedLink[] = [];
    const accept = (link: Link): LinkEvents => {
      const watched = this.#watched(side, `accepted-${this.links.length}`);
      watched.attach(link);
      accepted.push(watched);
      this.#delivering('accept', watched, () => accepting?.(watched));
      return this.#eventsOf(watched, script);
    };
    const transport = this.bench[side];
    const listening = this.calling('listen', () => transport.listen(accept));
    return { address: await this.settled(listening), accepted };
  }

  dial(side: Side, address: Address, script: Script = {}): WatchedLink {
    const watched = this.#watched(side, `dialled-${this.links.length}`);
    const events = this.#eventsOf(watched, script);
    watched.attach(this.calling('dial', () => this.bench[side].dial(address, events)));
    return watched;
  }

  /** A link that `left` dialled and `right` accepted, open at both ends. */
  async pair(dialledScript?: Script, acceptedScript?: Script): Promise<LinkPair> {
    const { address, accepted } = await this.listen('right', acceptedScript);
    const dialled = this.dial('left', address, dialledScript);
    await this.settle(() => dialled.opened > 0 && (accepted[0]?.opened ?? 0) > 0);
    const other = accepted[0];
    demand(other !== undefined, 'a dial to a listening transport is accepted');
    return { dialled, accepted: other };
  }

  async settle(expected: () => boolean = () => true): Promise<void> {
    await this.bench.settle(expected);
  }

  /** Lets the world run until `promise` is settled, and gives its outcome. */
  async settled<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    const mark = (): void => {
      done = true;
    };
    promise.then(mark, mark);
    await this.settle(() => done);
    return promise;
  }

  async closeTransport(side: Side): Promise<void> {
    for (const link of this.links) if (link.side === side) link.closedByUs = true;
    const transport = this.bench[side];
    await this.settled(this.calling('close', () => transport.close()));
  }

  /** Ends the experiment; every link has to have ended, once, after it. */
  async closeBoth(): Promise<void> {
    await this.closeTransport('left');
    await this.closeTransport('right');
    await this.settle(() => this.links.every((link) => link.ended));
    for (const link of this.links) {
      demand(link.ended, `every link ends with onClose, but ${link.name} did not`);
    }
  }

  /** Expects nothing more of `link`: nobody listens to it. */
  forget(link: WatchedLink | undefined): void {
    const index = this.links.findIndex((known) => known === link);
    if (index >= 0) this.links.splice(index, 1);
  }

  demandNoFault(): void {
    const [first, ...more] = this.#faults;
    if (first === undefined) return;
    throw new LawBroken(more.length === 0 ? first : `${first} (and ${more.length} faults more)`);
  }

  fault(what: string): void {
    this.#faults.push(what);
  }

  calling<T>(call: string, run: () => T): T {
    const outer = this.#inside;
    this.#inside = call;
    try {
      return run();
    } finally {
      this.#inside = outer;
    }
  }

  #watched(side: Side, name: string): WatchedLink {
    const watched = new WatchedLink(this, side, `${name} (${side})`);
    this.links.push(watched);
    return watched;
  }

  #eventsOf(link: WatchedLink, script: Script): LinkEvents {
    return {
      onOpen: () => {
        if (link.opened > 0) this.fault(`${link.name} opened twice`);
        if (link.frames.length > 0) this.fault(`${link.name} opened after a frame`);
        link.opened += 1;
        this.#delivering('onOpen', link, () => script.onOpen?.(link));
      },
      onFrame: (frame) => {
        if (!(frame instanceof Uint8Array)) this.fault(`${link.name} got a frame without bytes`);
        if (link.opened === 0) this.fault(`${link.name} got a frame before it opened`);
        link.frames.push(frame);
        this.#delivering('onFrame', link, () => script.onFrame?.(link, frame));
      },
      onDrain: () => {
        if (!link.full) this.fault(`${link.name} drained, but no send said false since`);
        link.full = false;
        link.drained += 1;
        this.#delivering('onDrain', link, () => script.onDrain?.(link));
      },
      onClose: (reason) => {
        this.#noteClose(link, reason);
        this.#delivering('onClose', link, () => script.onClose?.(link, reason));
      },
    };
  }

  #noteClose(link: WatchedLink, reason: CloseReason): void {
    if (!REASONS.has(reason)) this.fault(`${link.name} ended with the reason ${reason}`);
    const ownAct = reason === 'closed-here';
    if (ownAct && !link.closedByUs) this.fault(`${link.name} is closed-here, but nobody closed it`);
    const failedDial = reason === 'refused' || reason === 'unreachable';
    if (failedDial && link.opened > 0) this.fault(`${link.name} opened and is then ${reason}`);
    link.closed.push(reason);
  }

  #delivering(event: string, link: WatchedLink, run: () => void): void {
    if (this.#inside !== undefined) {
      this.fault(`${event} of ${link.name} came from inside ${this.#inside}`);
    }
    const last = event === 'onClose' ? link.closed.length > 1 : link.ended;
    if (last) this.fault(`${event} of ${link.name} came after onClose`);
    this.calling(event, run);
  }
}

const REASONS: ReadonlySet<CloseReason> = new Set([
  'closed-here',
  'closed-there',
  'refused',
  'unreachable',
  'lost',
  'violated',
]);
