import { Deque } from '../src/base/deque.js';
import type { Address, CloseReason } from '../src/platform/transport.js';
import type { Draws, DrawStream } from './draw.js';
import type { LinkId } from './turn.js';

/**
 * - `up`: a process runs there.
 * - `down`: no process; the host answers dials with a refusal.
 * - `silent`: no host; nothing that goes there is ever answered.
 */
export type HostState = 'up' | 'down' | 'silent';

/** The machine of one node. It outlives the node's process. */
export class Host {
  state: HostState = 'down';
  /** Which life of the node runs, or ran last. */
  life = 0;
  listening = false;
  readonly sides = new Map<LinkId, Side>();
  /** Ways out of this host whose sender has not been told yet what left its buffer. */
  readonly unreported = new Set<Way>();
  readonly dials = new Map<Address, number>();
  #accepted = 0;

  constructor(
    readonly index: number,
    readonly address: Address,
  ) {}

  acceptedLink(): LinkId {
    return this.#accepted++ * 2 + 1;
  }
}

/** One end of a connection, in one life of a node. */
export class Side {
  /** Whether what comes in is still delivered. */
  open = true;
  /** Bytes came for this side after its host was gone; the peer still sends them again. */
  swallowed = false;
  out!: Way;

  constructor(
    readonly connection: Connection,
    readonly host: Host,
    public life: number,
    public link: LinkId | undefined,
  ) {}

  get alive(): boolean {
    return this.host.state === 'up' && this.host.life === this.life;
  }
}

export type Parcel =
  | { readonly kind: 'dial' }
  | { readonly kind: 'answer' }
  | { readonly kind: 'drain' }
  | { readonly kind: 'frame'; readonly bytes: Uint8Array }
  | { readonly kind: 'close'; readonly reason: CloseReason };

/** What of a message the trace tells: its number, and both ends as indexes of nodes. */
export interface Crossing {
  readonly message: number;
  readonly from: number;
  readonly to: number;
}

export interface Posted extends Crossing {
  /** Another one only where a rule changed its bytes. */
  parcel: Parcel;
  /** Numbers what goes this way, from 0. */
  readonly number: number;
  atUs: number;
  readonly tie: number;
  /** No rule judges it. */
  readonly judged: boolean;
  /** A rule has made it late: none does so twice. */
  delayed: boolean;
  /** A second one of a frame, which takes no room in the sender's buffer. */
  readonly copy: boolean;
}

/** One direction of a connection: first in, first out. */
export class Way {
  readonly posted = new Deque<Posted>();
  readonly latency: DrawStream;
  readonly ties: DrawStream;
  scheduled = false;
  stalled = false;
  /** What stalls goes on at once when it may, and its connection does not break. */
  safely = false;
  count = 0;
  lastUs = 0;
  /** Bytes in the send buffer as the sender knows it, and as it is. */
  knownBytes = 0;
  flightBytes = 0;
  /** Bytes that left the buffer and that the sender does not know of. */
  unreportedBytes = 0;
  full = false;

  constructor(
    readonly from: Side,
    readonly to: Side,
    draws: Draws,
    /** 0 from the dialling end, 1 from the other one. */
    readonly direction: 0 | 1,
  ) {
    this.latency = draws.stream('latency', from.connection.key, direction);
    this.ties = draws.stream('order', from.connection.key, direction);
  }
}

/** A dial and what became of it. */
export class Connection {
  opened = false;
  arrived = false;
  readonly dialler: Side;
  readonly acceptor: Side;

  constructor(
    /** Keys every draw about this connection: made of dialler, address and number of the dial. */
    readonly key: number,
    dialler: Host,
    link: LinkId,
    acceptor: Host,
    readonly dialledUs: number,
    draws: Draws,
  ) {
    this.dialler = new Side(this, dialler, dialler.life, link);
    this.acceptor = new Side(this, acceptor, acceptor.life, undefined);
    this.dialler.out = new Way(this.dialler, this.acceptor, draws, 0);
    this.acceptor.out = new Way(this.acceptor, this.dialler, draws, 1);
  }

  /** The dial reached a listener. Gives the listener's name for the link. */
  accept(): LinkId {
    const { host } = this.acceptor;
    const link = host.acceptedLink();
    this.arrived = true;
    this.acceptor.life = host.life;
    this.acceptor.link = link;
    host.sides.set(link, this.acceptor);
    return link;
  }
}
