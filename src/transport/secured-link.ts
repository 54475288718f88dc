import type { Platform, Timer } from '../platform/platform.js';
import type { CloseReason, Link, LinkEvents } from '../platform/transport.js';
import {
  type ChallengeMessage,
  NONCE_BYTES,
  decodeChallenge,
  encodeChallenge,
  isSameProof,
  proofOf,
} from './challenge.js';

export interface SecuredLinkOptions {
  readonly platform: Pick<Platform, 'timers' | 'log' | 'entropy'>;
  readonly secret: Uint8Array;
  readonly timeoutMs: number;
}

/**
 * One end of a link that opens once both sides have proven that they know the secret. What is sent
 * before waits; what comes before is a challenge or the end of the link.
 */
export class SecuredLink implements Link {
  /** The events of the link below. */
  readonly below: LinkEvents = {
    onOpen: () => this.#opened(),
    onFrame: (frame) => this.#arrived(frame),
    onDrain: () => this.#drained(),
    onClose: (reason) => this.#closed(reason),
  };
  readonly #options: SecuredLinkOptions;
  readonly #own: Uint8Array;
  readonly #late: Timer;
  #inner: Link | undefined;
  #events: LinkEvents | undefined;
  #role: 'dialler' | 'acceptor';
  #theirs: Uint8Array | undefined;
  #kept: Uint8Array[] = [];
  #isProven = false;
  /** Why it is over. */
  #verdict: CloseReason | undefined;
  readonly #admit: (() => LinkEvents) | undefined;

  /** `admit` is called at the acceptor once the other side is proven, and says who listens. */
  constructor(
    options: SecuredLinkOptions,
    side: { readonly events: LinkEvents } | { readonly admit: (link: Link) => LinkEvents },
  ) {
    this.#options = options;
    this.#role = 'events' in side ? 'dialler' : 'acceptor';
    this.#events = 'events' in side ? side.events : undefined;
    this.#admit = 'admit' in side ? () => side.admit(this) : undefined;
    this.#own = options.platform.entropy.bytes(NONCE_BYTES);
    this.#late = options.platform.timers.after(options.timeoutMs, () => {
      const isSilent = this.#theirs === undefined;
      this.#refuse(`it did not ${isSilent ? 'begin' : 'finish'} the challenge in time`);
    });
  }

  carriedBy(link: Link): void {
    this.#inner = link;
  }

  send(frame: Uint8Array): boolean {
    if (this.#verdict !== undefined) return false;
    if (this.#isProven) return this.#inner?.send(frame) ?? false;
    this.#kept.push(frame);
    return true;
  }

  sendUrgent(frame: Uint8Array): boolean {
    const inner = this.#inner;
    if (!this.#isProven || inner?.sendUrgent === undefined) return this.send(frame);
    return inner.sendUrgent(frame);
  }

  get remote(): string | undefined {
    return this.#inner?.remote;
  }

  close(): void {
    this.#late.cancel();
    this.#inner?.close();
  }

  #opened(): void {
    if (this.#role === 'dialler') this.#say({ kind: 'opening', nonce: this.#own });
  }

  #arrived(frame: Uint8Array): void {
    if (this.#isProven) {
      this.#events?.onFrame(frame);
      return;
    }
    if (this.#verdict !== undefined) return;
    const message = decodeChallenge(frame);
    if (message === undefined) this.#refuse('it did not take part in the challenge');
    else if (message.kind === 'opening') this.#answer(message.nonce);
    else if (message.kind === 'answer') this.#prove(message.nonce, message.proof);
    else this.#check(message.proof);
  }

  /** The acceptor's turn. */
  #answer(nonce: Uint8Array): void {
    if (this.#role !== 'acceptor' || this.#theirs !== undefined) {
      return this.#refuse('it spoke out of turn');
    }
    this.#theirs = nonce;
    this.#say({ kind: 'answer', nonce: this.#own, proof: this.#proof('acceptor') });
  }

  /** The dialler's turn. */
  #prove(nonce: Uint8Array, proof: Uint8Array): void {
    if (this.#role !== 'dialler') return this.#refuse('it spoke out of turn');
    this.#theirs = nonce;
    if (!isSameProof(proof, this.#proof('acceptor'))) return this.#refuse(UNKNOWN);
    this.#say({ kind: 'proof', proof: this.#proof('dialler') });
    this.#open();
  }

  /** The acceptor knows the dialler now, or does not. */
  #check(proof: Uint8Array): void {
    if (this.#role !== 'acceptor' || this.#theirs === undefined) {
      return this.#refuse('it spoke out of turn');
    }
    if (!isSameProof(proof, this.#proof('dialler'))) return this.#refuse(UNKNOWN);
    this.#inner?.trust?.();
    this.#events = this.#admit?.();
    this.#open();
  }

  #open(): void {
    this.#late.cancel();
    this.#isProven = true;
    for (const frame of this.#kept.splice(0)) this.#inner?.send(frame);
    this.#events?.onOpen?.();
  }

  #drained(): void {
    if (this.#isProven) this.#events?.onDrain?.();
  }

  #closed(reason: CloseReason): void {
    this.#late.cancel();
    // Who dials with another secret finds out first, and hangs up.
    const byThem = this.#verdict === undefined && (reason === 'closed-there' || reason === 'lost');
    if (!this.#isProven && byThem && this.#role === 'acceptor') {
      this.#log('it hung up in the middle of the challenge');
    }
    this.#verdict ??= reason;
    this.#events?.onClose(this.#verdict);
  }

  #refuse(why: string): void {
    if (this.#verdict !== undefined || this.#isProven) return;
    this.#log(why);
    this.#verdict = this.#role === 'dialler' ? 'refused' : 'violated';
    this.close();
  }

  #log(why: string): void {
    const { log } = this.#options.platform;
    const about = this.remote === undefined ? { why } : { why, from: this.remote };
    log.warn('a link was turned away: it is not authenticated', about);
  }

  #proof(role: 'dialler' | 'acceptor'): Uint8Array {
    const theirs = this.#theirs ?? new Uint8Array();
    const nonces =
      this.#role === 'dialler'
        ? { dialler: this.#own, acceptor: theirs }
        : { dialler: theirs, acceptor: this.#own };
    return proofOf(this.#options.secret, role, nonces, this.#inner?.binding?.());
  }

  #say(message: ChallengeMessage): void {
    this.#inner?.send(encodeChallenge(message));
  }
}

const UNKNOWN = 'it does not know the secret of this cluster; give all nodes the same one';
