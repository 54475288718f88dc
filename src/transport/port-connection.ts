import { toError } from '../base/errors.js';
import type { Log, Timers } from '../platform/platform.js';
import type { CloseReason, Link, LinkEvents } from '../platform/transport.js';
import { PortBatch, Verb, readBatch } from './port-batch.js';
import type { BatchListener, LinkName } from './port-batch.js';
import { PortLink } from './port-link.js';
import type { FlowLimits, LinkCarrier } from './port-link.js';

/** The part of a `MessagePort` of `node:worker_threads` that is used. */
export interface MessagePortLike {
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
  on(event: 'message' | 'messageerror', listener: (message: unknown) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  off(event: 'message' | 'messageerror', listener: (message: unknown) => void): unknown;
  off(event: 'close', listener: () => void): unknown;
  ref(): void;
  unref(): void;
  close(): void;
}

/** What a connection asks of its transport. */
export interface ConnectionOwner {
  readonly timers: Timers;
  readonly log: Log;
  readonly limits: FlowLimits;
  readonly dialTimeoutMs: number;
  /** Who takes dialled links; `undefined` refuses them. */
  readonly accept: ((link: Link) => LinkEvents) | undefined;
  /** The port is of no use any more. Called before its links are told. */
  lost(connection: PortConnection): void;
}

/**
 * Both directions of one port, and the links over it.
 *
 * What is sent is collected until the continuations that are due have run, and posted as one
 * message: sixty-four callers who wake together cost one message, and not one each. While a few
 * messages are still unread on the other side more is collected, so callers who do not wake
 * together share messages too, and a slow reader gets few long ones.
 */
export class PortConnection implements LinkCarrier, BatchListener {
  readonly log: Log;
  readonly limits: FlowLimits;
  readonly #port: MessagePortLike;
  readonly #owner: ConnectionOwner;
  readonly #dialled = new Map<number, PortLink>();
  readonly #accepted = new Map<number, PortLink>();
  readonly #batch = new PortBatch();
  #dials = 0;
  #flushing = false;
  #reading = false;
  #unread = 0;
  #readUnsaid = 0;
  #held = false;
  #gone = false;

  constructor(port: MessagePortLike, owner: ConnectionOwner) {
    this.#port = port;
    this.#owner = owner;
    this.log = owner.log;
    this.limits = owner.limits;
    port.on('message', this.#onMessage);
    port.on('messageerror', this.#onGarbled);
    port.on('close', this.#onPortClosed);
    // Listening to a port holds the process alive; only links and listeners should.
    port.unref();
    this.hold();
  }

  dial(events: LinkEvents): Link {
    const link = new PortLink(this, { number: ++this.#dials, dialledBySpeaker: true });
    link.gate.attach(events);
    this.#dialled.set(link.name.number, link);
    this.say(Verb.dial, link.name, this.#creditEveryBytes);
    link.patience = this.#owner.timers.after(this.#owner.dialTimeoutMs, () => {
      link.breakOff('unreachable');
    });
    this.hold();
    return link;
  }

  /** Closes every link and the port. What was said before is still posted. */
  close(): void {
    if (this.#gone) return;
    for (const link of this.#links()) link.close();
    this.#leave();
  }

  /** Another port takes over the name of this one: its links end as if the other side had gone. */
  replace(): void {
    if (this.#gone) return;
    this.#leave();
    this.soon(() => {
      this.#endLinks('closed-there');
    });
  }

  /** Holds the process alive exactly while there are links or somebody listens. */
  hold(): void {
    const links = this.#dialled.size + this.#accepted.size;
    const wanted = !this.#gone && (links > 0 || this.#owner.accept !== undefined);
    if (wanted === this.#held) return;
    this.#held = wanted;
    if (wanted) this.#port.ref();
    else this.#port.unref();
  }

  say(verb: Verb, link: LinkName, argument = 0): void {
    this.#batch.say(verb, link, argument);
    this.#flushSoon();
  }

  sayFrame(link: LinkName, bytes: Uint8Array): void {
    this.#batch.sayFrame(link, bytes);
    if (this.#batch.bytes >= BATCH_BYTES_MAX) this.#flush();
    else this.#flushSoon();
  }

  forget({ name }: PortLink): void {
    (name.dialledBySpeaker ? this.#dialled : this.#accepted).delete(name.number);
    this.hold();
  }

  soon(run: () => void): void {
    this.#owner.timers.after(0, run, { keepAlive: true });
  }

  read(messages: number, hasRecords: boolean): void {
    this.#unread -= messages;
    // News of reading alone is not answered, or it would go back and forth for ever.
    if (hasRecords) this.#readUnsaid += 1;
  }

  frame(number: number, dialledBySpeaker: boolean, bytes: Uint8Array): void {
    this.#linkOf(number, dialledBySpeaker)?.arrived(bytes);
  }

  // A record about a link that is not known is late: this side closed the link meanwhile.
  word(verb: Verb, number: number, dialledBySpeaker: boolean, argument: number): void {
    if (verb === Verb.dial) {
      this.#arrived(number, argument);
      return;
    }
    const link = this.#linkOf(number, dialledBySpeaker);
    if (verb === Verb.accept) {
      link?.establish(argument);
      link?.open();
    } else if (verb === Verb.credit) link?.credited(argument);
    else if (verb === Verb.refuse) link?.end('refused');
    else if (verb === Verb.close) link?.end('closed-there');
  }

  #arrived(number: number, creditEveryBytes: number): void {
    // A handler of an earlier record may have closed everything.
    if (this.#gone) return;
    const name = { number, dialledBySpeaker: false };
    const { accept } = this.#owner;
    if (accept === undefined || this.#accepted.has(number)) {
      this.say(Verb.refuse, name);
      return;
    }
    const link = new PortLink(this, name);
    this.#accepted.set(number, link);
    link.establish(creditEveryBytes);
    // Said before `accept` runs: what it sends comes behind.
    this.say(Verb.accept, name, this.#creditEveryBytes);
    try {
      link.gate.attach(accept(link));
    } catch (thrown) {
      this.log.error('accept threw; the link is turned away', { error: toError(thrown) });
      link.breakOff('violated');
    }
    link.open();
  }

  get #creditEveryBytes(): number {
    // Above the low mark a full link could wait for credit that is never given.
    return Math.max(1, Math.floor(this.limits.lowWaterBytes));
  }

  #linkOf(number: number, dialledBySpeaker: boolean): PortLink | undefined {
    return (dialledBySpeaker ? this.#accepted : this.#dialled).get(number);
  }

  #links(): PortLink[] {
    return [...this.#dialled.values(), ...this.#accepted.values()];
  }

  #flushSoon(): void {
    if (this.#flushing || this.#reading || this.#gone) return;
    this.#flushing = true;
    void SETTLED.then(this.#flushDue);
  }

  readonly #flushDue = (): void => {
    this.#flushing = false;
    const says = !this.#batch.isEmpty && this.#unread < UNREAD_MAX;
    if (says || this.#readUnsaid >= READ_UNSAID_MAX) this.#flush();
  };

  #flush(): void {
    if (this.#gone || (this.#batch.isEmpty && this.#readUnsaid === 0)) return;
    if (!this.#batch.isEmpty) this.#unread += 1;
    const { message, transfer } = this.#batch.take(this.#readUnsaid);
    this.#readUnsaid = 0;
    this.#port.postMessage(message, transfer);
  }

  readonly #onMessage = (message: unknown): void => {
    // What is said meanwhile, credit for one, must not be posted before the continuations that
    // this message wakes have run: the one after it would be split off for good.
    this.#reading = true;
    const sound = readBatch(message, this);
    this.#reading = false;
    if (sound) this.#flushSoon();
    else this.#onGarbled();
  };

  readonly #onGarbled = (): void => {
    if (this.#gone) return;
    this.log.warn('what came over a port is no batch of frames; the port is closed');
    this.#leave();
    this.#owner.lost(this);
    this.#endLinks('violated');
  };

  readonly #onPortClosed = (): void => {
    if (this.#gone) return;
    this.#leave();
    this.#owner.lost(this);
    this.#endLinks('closed-there');
  };

  /** A dial that was not answered yet never will be. */
  #endLinks(reason: CloseReason): void {
    for (const link of this.#links()) link.end(link.opened ? reason : 'refused');
  }

  #leave(): void {
    this.#flush();
    this.#gone = true;
    this.#port.off('message', this.#onMessage);
    this.#port.off('messageerror', this.#onGarbled);
    this.#port.off('close', this.#onPortClosed);
    this.#port.close();
  }
}

// Fewer unread messages mean longer ones, and more news of what was read.
const UNREAD_MAX = 4;
const READ_UNSAID_MAX = 2;
const SETTLED = Promise.resolve();
// A turn that sends more is posted in parts, so that the other thread can begin.
const BATCH_BYTES_MAX = 262_144;
