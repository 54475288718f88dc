import { invariant } from '../base/assert.js';
import type { Address } from '../platform/transport.js';
import { PROTOCOL_VERSION } from './frame.js';
import {
  readHello,
  readReject,
  readWelcome,
  type HandshakeMessage,
  type IncomingHandshake,
  type NodeIdentity,
  type OwnDials,
  type Reject,
  type RejectReason,
  type Standing,
} from './handshake-message.js';

/** Who is at the other end of a link, and what it says about the two. */
export interface PeerClaim extends NodeIdentity {
  /** The dialler's number of the link. */
  readonly link: number;
  readonly dials: OwnDials;
  /** What the peer holds about this very life of this node; `undefined` when nothing. */
  readonly standing: Standing | undefined;
}

/** What came of a handshake frame. Each but `claimed` and `welcomed` ends the link. */
export type HandshakeOutcome =
  /** Acceptor: answer with {@link Handshake.welcome} or {@link Handshake.reject}. */
  | { readonly kind: 'claimed'; readonly claim: PeerClaim }
  /** Dialler: the link is open to both, and may still turn out to be one too many. */
  | {
      readonly kind: 'welcomed';
      readonly claim: PeerClaim;
      readonly peers: readonly NodeIdentity[];
    }
  /** The other side said no. */
  | { readonly kind: 'rejected'; readonly reject: Reject }
  /** This side says no: send `reply`, then close. */
  | {
      readonly kind: 'refused';
      readonly reply: HandshakeMessage;
      readonly reason: RejectReason;
      readonly peer: NodeIdentity;
    }
  | { readonly kind: 'violated'; readonly why: string };

/**
 * The handshake of one link: `hello` from the dialler, `welcome` or `reject` from the acceptor.
 *
 * Identity is what these frames say, never the address that was dialled. Whether a link is wanted
 * is not decided here: the machine reads and writes the frames, in their only order, and whoever
 * owns it decides (see `Membership`).
 */
export class Handshake {
  readonly role: 'dialler' | 'acceptor';
  readonly #self: NodeIdentity;
  readonly #dial: { readonly address: Address; readonly link: number } | undefined;
  #phase: 'opening' | 'greeted' | 'listening' | 'asked' | 'over';

  private constructor(self: NodeIdentity, dial?: { address: Address; link: number }) {
    this.#self = self;
    this.#dial = dial;
    this.role = dial === undefined ? 'acceptor' : 'dialler';
    this.#phase = dial === undefined ? 'listening' : 'opening';
  }

  /** The dialler's side of link number `link`. */
  static dialling(self: NodeIdentity, dial: { address: Address; link: number }): Handshake {
    return new Handshake(self, dial);
  }

  /** The acceptor's side. */
  static accepting(self: NodeIdentity): Handshake {
    return new Handshake(self);
  }

  /** What was dialled; the acceptor does not know. */
  get address(): Address | undefined {
    return this.#dial?.address;
  }

  /** The dialler's first frame, once the link is open. */
  hello(about: { dials: OwnDials; standing: Standing | undefined }): HandshakeMessage {
    invariant(this.#dial !== undefined && this.#phase === 'opening', 'a dialler says hello once');
    this.#phase = 'greeted';
    const { dials, standing } = about;
    const payload = {
      protocolVersion: PROTOCOL_VERSION,
      ...identityOf(this.#self),
      dialled: this.#dial.address,
      link: this.#dial.link,
      dials,
    };
    return { kind: 'hello', payload: standing === undefined ? payload : { ...payload, standing } };
  }

  /** Takes a handshake frame that came over the link. */
  receive(message: IncomingHandshake): HandshakeOutcome {
    switch (message.kind) {
      case 'hello':
        return this.#receiveHello(message.payload);
      case 'welcome':
        return this.#receiveWelcome(message.payload);
      case 'reject':
        return this.#receiveReject(message.payload);
      default:
        return violated('an unknown handshake frame');
    }
  }

  /** The acceptor's yes. */
  welcome(about: {
    dials: OwnDials;
    standing: Standing;
    peers: readonly NodeIdentity[];
  }): HandshakeMessage {
    invariant(this.#phase === 'asked', 'an acceptor answers one hello');
    this.#phase = 'over';
    const { dials, standing, peers } = about;
    const self = identityOf(this.#self);
    const payload = { protocolVersion: PROTOCOL_VERSION, ...self, dials, standing, peers };
    return { kind: 'welcome', payload };
  }

  /** A no, from either side; the link is closed after it. */
  reject(reason: RejectReason, detail: string): HandshakeMessage {
    this.#phase = 'over';
    return { kind: 'reject', payload: { ...identityOf(this.#self), reason, detail } };
  }

  #receiveHello(payload: unknown): HandshakeOutcome {
    if (this.#phase !== 'listening') return violated('a hello that nobody waits for');
    const hello = readHello(payload);
    if (hello === undefined) return violated('a malformed hello');
    const refusal = this.#refusal(hello);
    if (refusal !== undefined) return refusal;
    this.#phase = 'asked';
    return { kind: 'claimed', claim: this.#claim(hello, hello.link, hello.standing) };
  }

  #receiveWelcome(payload: unknown): HandshakeOutcome {
    if (this.#phase !== 'greeted' || this.#dial === undefined) {
      return violated('a welcome that nobody waits for');
    }
    const welcome = readWelcome(payload);
    if (welcome === undefined) return violated('a malformed welcome');
    const refusal = this.#refusal(welcome);
    if (refusal !== undefined) return refusal;
    this.#phase = 'over';
    const claim = this.#claim(welcome, this.#dial.link, welcome.standing);
    return { kind: 'welcomed', claim, peers: welcome.peers };
  }

  #receiveReject(payload: unknown): HandshakeOutcome {
    // An acceptor may be turned down too: by a dialler that met an older life than it knew of.
    const expected = this.role === 'dialler' ? this.#phase === 'greeted' : this.#phase === 'over';
    if (!expected) return violated('a reject that nobody waits for');
    const reject = readReject(payload);
    if (reject === undefined) return violated('a malformed reject');
    this.#phase = 'over';
    return { kind: 'rejected', reject };
  }

  #refusal(peer: NodeIdentity & { protocolVersion: number }): HandshakeOutcome | undefined {
    const refuse = (reason: RejectReason, detail: string): HandshakeOutcome => {
      const reply = this.reject(reason, detail);
      return { kind: 'refused', reply, reason, peer: identityOf(peer) };
    };
    if (peer.protocolVersion !== PROTOCOL_VERSION) {
      const versions = `${PROTOCOL_VERSION} spoken here, ${peer.protocolVersion} there`;
      return refuse('version', `protocol ${versions}; run the same version of faultline on both`);
    }
    if (peer.nodeId === this.#self.nodeId) return refuse('self', 'a node does not join itself');
    return undefined;
  }

  #claim(
    peer: NodeIdentity & { dials: OwnDials },
    link: number,
    standing: Standing | undefined,
  ): PeerClaim {
    // What was said about somebody else, or about an earlier life of this node, counts for nothing.
    const meant =
      standing?.nodeId === this.#self.nodeId && standing.incarnation === this.#self.incarnation;
    const { dials } = peer;
    return { ...identityOf(peer), link, dials, standing: meant ? standing : undefined };
  }
}

function identityOf({ nodeId, incarnation }: NodeIdentity): NodeIdentity {
  return { nodeId, incarnation };
}

function violated(why: string): HandshakeOutcome {
  return { kind: 'violated', why };
}
