import { invariant, unreachable } from '../src/base/assert.js';
import type { Address, CloseReason } from '../src/platform/transport.js';
import { Connection, type Crossing, Host, type Posted, type Side, type Way } from './connection.js';
import type { Draws } from './draw.js';
import type { FaultRules } from './fault.js';
import type { CrashMode } from './plan.js';
import { type BufferLimits, bufferedBytes, type LinkId, type NodeInput } from './turn.js';
import { Wire, type WireNote } from './wire.js';

export interface NetworkOptions {
  readonly latencyUs: { readonly min: number; readonly max: number };
  readonly connectTimeoutUs: number;
  readonly buffer: BufferLimits;
}

/** What the network asks of the world around it. */
export interface NetworkHooks {
  nowUs(): number;
  schedule(atUs: number, tie: number, event: NetworkEvent): void;
  /** Something happened that no node takes a turn for. */
  note(kind: NetworkNote, host: Host, link: LinkId | undefined, crossing?: Crossing): void;
}

export type NetworkNote = WireNote | 'swallowed' | 'refused';

export type NetworkEvent =
  | { readonly kind: 'deliver'; readonly way: Way }
  | { readonly kind: 'stray'; readonly way: Way; readonly posted: Posted }
  | { readonly kind: 'local'; readonly side: Side; readonly reason: CloseReason }
  | { readonly kind: 'dial-timeout'; readonly connection: Connection };

/** What an event comes to: one node takes one turn. */
export interface Delivery {
  readonly host: Host;
  readonly input: NodeInput;
  /** The message that brought it, if one did. */
  readonly posted?: Posted;
  /** Where a frame came along. */
  readonly way?: Way;
}

/**
 * Connections that behave as TCP's do: a dial takes a round trip, bytes keep their order, a close
 * travels behind the bytes, a host that is gone says nothing, and bytes that a fault holds either
 * go on or end in a reset of the whole connection, never in a gap.
 */
export class Network {
  readonly hosts: readonly Host[];
  readonly #byAddress: ReadonlyMap<Address, Host>;
  readonly #wire: Wire;
  readonly #options: NetworkOptions;
  readonly #draws: Draws;
  readonly #hooks: NetworkHooks;

  constructor(
    addresses: readonly Address[],
    options: NetworkOptions,
    draws: Draws,
    hooks: NetworkHooks,
  ) {
    this.hosts = addresses.map((address, index) => new Host(index, address));
    this.#byAddress = new Map(this.hosts.map((host) => [host.address, host]));
    this.#options = options;
    this.#draws = draws;
    this.#hooks = hooks;
    this.#wire = new Wire(options, draws, {
      nowUs: () => hooks.nowUs(),
      scheduleDelivery: (way, head) =>
        hooks.schedule(head.atUs, head.tie, { kind: 'deliver', way }),
      heldDial: (way, dial) => this.#redial(way, dial),
      dropped: (way, posted) => this.#leave(way, posted),
      scheduleStray: (way, posted) =>
        hooks.schedule(posted.atUs, posted.tie, { kind: 'stray', way, posted }),
      broken: (connection) => this.#break(connection),
      note: (kind, way, crossing) => hooks.note(kind, way.to.host, way.to.link, crossing),
    });
  }

  get rules(): FaultRules {
    return this.#wire.rules;
  }

  /** Call it whenever a rule was taken away: what is held goes on, or its connection breaks. */
  release(): void {
    this.#wire.release();
  }

  /** Gives the message that asks for the connection; none leaves for an address of nobody. */
  dial(from: Host, link: LinkId, address: Address): Posted | undefined {
    const nth = (from.dials.get(address) ?? 0) + 1;
    from.dials.set(address, nth);
    const key = this.#draws.number('connection', from.address, address, from.life, nth);
    const target = this.#byAddress.get(address);
    const nowUs = this.#hooks.nowUs();
    const connection = new Connection(key, from, link, target ?? from, nowUs, this.#draws);
    from.sides.set(link, connection.dialler);
    if (target === undefined) {
      this.#tellHere(connection.dialler, 'unreachable');
      return undefined;
    }
    const posted = this.#wire.post(connection.dialler.out, { kind: 'dial' });
    const timeoutUs = nowUs + this.#options.connectTimeoutUs;
    const tie = this.#draws.number('dial-timeout', key);
    this.#hooks.schedule(timeoutUs, tie, { kind: 'dial-timeout', connection });
    return posted;
  }

  /** Gives the message that leaves; nothing leaves over a link that has ended. */
  send(from: Host, link: LinkId, bytes: Uint8Array): Posted | undefined {
    const side = from.sides.get(link);
    if (side?.open !== true) return undefined;
    const way = side.out;
    way.knownBytes += bufferedBytes(bytes);
    way.flightBytes += bufferedBytes(bytes);
    if (way.knownBytes > this.#options.buffer.highBytes) way.full = true;
    return this.#wire.post(way, { kind: 'frame', bytes });
  }

  /** Gives the message that tells the other side, if that one knows of the link. */
  close(from: Host, link: LinkId): Posted | undefined {
    const side = from.sides.get(link);
    if (side?.open !== true) return undefined;
    this.#tellHere(side, 'closed-here');
    if (side.connection.arrived) return this.#wire.post(side.out, CLOSED_THERE);
    this.#wire.clear(side.out);
    return undefined;
  }

  /** The process at `host` is gone. What it sent before is still on its way. */
  crash(host: Host, mode: CrashMode | 'exits'): void {
    host.state = mode === 'silent' ? 'silent' : 'down';
    host.listening = false;
    host.unreported.clear();
    if (mode === 'silent') return;
    for (const side of host.sides.values()) {
      if (side.open) this.#endAbruptly(side, mode);
      side.open = false;
    }
    host.sides.clear();
  }

  /** A new process runs at `host`. */
  restart(host: Host): void {
    for (const side of host.sides.values()) {
      side.open = false;
      // The peer sends its lost bytes again, sooner or later, and then learns that nobody knows
      // them; a peer that sent nothing has nothing to learn from.
      if (side.swallowed) this.#reset(side, 'retransmission');
    }
    host.sides.clear();
    host.dials.clear();
    host.state = 'up';
    host.life += 1;
  }

  /** Breaks every connection between two hosts. */
  sever(left: Host, right: Host): void {
    for (const { connection } of [...left.sides.values()]) {
      if (connection.dialler.host === right || connection.acceptor.host === right) {
        this.#break(connection);
      }
    }
  }

  /** Carries out an event that this network scheduled. */
  happen(event: NetworkEvent): Delivery | undefined {
    switch (event.kind) {
      case 'deliver':
        return this.#land(event.way, this.#wire.deliver(event.way));
      case 'stray':
        return this.#land(event.way, event.posted);
      case 'local':
        return this.#closed(event.side, event.reason);
      case 'dial-timeout':
        return this.#timeOut(event.connection);
      default:
        return unreachable(event);
    }
  }

  /** What left the send buffers of `host` since it was told last: link, bytes, link, bytes, ... */
  takeAcks(host: Host): readonly number[] | undefined {
    if (host.unreported.size === 0) return undefined;
    const acks: number[] = [];
    for (const way of host.unreported) {
      acks.push(way.from.link as number, way.unreportedBytes);
      way.knownBytes -= way.unreportedBytes;
      way.unreportedBytes = 0;
    }
    host.unreported.clear();
    return acks;
  }

  /** Call it when a node takes what came: only then a frame leaves its sender's buffer. */
  taken({ way, posted }: Delivery): void {
    if (way !== undefined && posted !== undefined) this.#leave(way, posted);
  }

  /** Call it for what a host that fell silent had taken in, and its process never will. */
  forgotten({ way }: Delivery): void {
    if (way !== undefined) way.to.swallowed = true;
  }

  #land(way: Way, posted: Posted | undefined): Delivery | undefined {
    if (posted === undefined) return undefined;
    const { to } = way;
    const { parcel } = posted;
    if (to.host.state === 'silent') {
      this.#swallow(way, posted);
      return undefined;
    }
    if (parcel.kind === 'dial') return this.#arrive(way, posted);
    if (!to.alive || !to.open) {
      this.#bounce(way, posted);
      return undefined;
    }
    const { host, link } = to;
    invariant(link !== undefined, 'a side has a link once it was dialled or accepted');
    switch (parcel.kind) {
      case 'answer':
        to.connection.opened = true;
        return { host, input: { kind: 'opened', link }, posted };
      case 'frame':
        return { host, input: { kind: 'frame', link, bytes: parcel.bytes }, posted, way };
      case 'drain':
        return { host, input: { kind: 'drained', link } };
      case 'close':
        return this.#closed(to, parcel.reason, posted);
      default:
        return unreachable(parcel);
    }
  }

  #arrive(way: Way, posted: Posted): Delivery | undefined {
    const { to: acceptor } = way;
    const { connection } = acceptor;
    const { host } = acceptor;
    if (host.state !== 'up' || !host.listening) {
      this.#hooks.note('refused', host, undefined, posted);
      this.#wire.post(acceptor.out, { kind: 'close', reason: 'refused' });
      return undefined;
    }
    const link = connection.accept();
    this.#wire.post(acceptor.out, { kind: 'answer' });
    return { host, input: { kind: 'arrived', link, from: way.from.host.address }, posted };
  }

  #swallow(way: Way, posted: Posted): void {
    this.#leave(way, posted);
    this.#hooks.note('swallowed', way.to.host, way.to.link, posted);
    if (posted.parcel.kind === 'dial') this.#redial(way, posted);
    else way.to.swallowed = true;
  }

  // Nobody is there for it. A host that runs says so, unless the other side knows already.
  #bounce(way: Way, posted: Posted): void {
    const { to, from } = way;
    const { kind } = posted.parcel;
    this.#leave(way, posted);
    this.#hooks.note('swallowed', to.host, to.link, posted);
    if (kind === 'close' || !from.open || !from.alive) return;
    const abandoned = kind === 'answer' || to.life !== to.host.life;
    if (abandoned) this.#reset(to, 'bounce');
  }

  #redial(way: Way, { message }: Posted): void {
    const { connection } = way.from;
    const nowUs = this.#hooks.nowUs();
    // TCP asks again after 1, 3, 7, ... seconds.
    let waitUs = FIRST_RETRY_US;
    while (connection.dialledUs + waitUs <= nowUs) waitUs = waitUs * 2 + FIRST_RETRY_US;
    way.posted.clear();
    if (waitUs >= this.#options.connectTimeoutUs) return;
    const extraUs = connection.dialledUs + waitUs - nowUs;
    this.#wire.post(way, { kind: 'dial' }, { extraUs, message });
  }

  #timeOut(connection: Connection): Delivery | undefined {
    const side = connection.dialler;
    if (connection.opened || !side.open || !side.alive) return undefined;
    this.#wire.clear(side.out);
    return this.#closed(side, 'unreachable');
  }

  #closed(side: Side, reason: CloseReason, posted?: Posted): Delivery | undefined {
    side.open = false;
    if (!side.alive || side.link === undefined) return undefined;
    side.host.sides.delete(side.link);
    side.host.unreported.delete(side.out);
    const input: NodeInput = { kind: 'closed', link: side.link, reason };
    return posted === undefined ? { host: side.host, input } : { host: side.host, input, posted };
  }

  #tellHere(side: Side, reason: CloseReason): void {
    side.open = false;
    const tie = this.#draws.number('local', side.connection.key, side.out.direction);
    this.#hooks.schedule(this.#hooks.nowUs(), tie, { kind: 'local', side, reason });
  }

  #endAbruptly(side: Side, mode: 'closes' | 'exits'): void {
    const { out, connection } = side;
    if (!connection.arrived && side === connection.dialler) return;
    const chance = this.#draws.stream('crash', connection.key, side === connection.dialler ? 0 : 1);
    if (mode === 'exits' || chance.at(0) % 2 === 0) {
      this.#wire.post(out, CLOSED_THERE);
      return;
    }
    const kept = chance.between(0, out.posted.length, 1);
    this.#truncate(out, kept);
    this.#wire.post(out, { kind: 'close', reason: 'lost' });
  }

  // Drops all but the first `kept` parcels; an answer to a dial is never lost alone.
  #truncate(way: Way, kept: number): void {
    let at = 0;
    way.posted.retain((posted) => at++ < kept || posted.parcel.kind === 'answer');
  }

  #break(connection: Connection): void {
    for (const side of [connection.dialler, connection.acceptor]) {
      this.#reset(side, 'break');
    }
  }

  /** Tells the side opposite of `side` that the connection is lost; what was on its way is too. */
  #reset(side: Side, why: 'break' | 'bounce' | 'retransmission'): void {
    const { out, connection } = side;
    this.#wire.clear(out);
    if (side === connection.dialler && !connection.arrived) return;
    const extraUs =
      why === 'retransmission'
        ? this.#draws.between(0, RETRANSMISSION_US, 'retransmission', connection.key)
        : 0;
    const reason = connection.opened || out.to === connection.acceptor ? 'lost' : 'refused';
    this.#wire.post(out, { kind: 'close', reason }, { judged: true, extraUs });
  }

  // A frame that got across, or vanished, takes no more room in its sender's buffer.
  #leave(way: Way, { parcel, copy }: Posted): void {
    if (parcel.kind !== 'frame' || copy) return;
    const { lowBytes } = this.#options.buffer;
    way.flightBytes -= bufferedBytes(parcel.bytes);
    way.unreportedBytes += bufferedBytes(parcel.bytes);
    if (!way.from.open || !way.from.alive) return;
    if (way.knownBytes >= lowBytes) way.from.host.unreported.add(way);
    if (!way.full || way.flightBytes > lowBytes) return;
    way.full = false;
    this.#wire.post(way.to.out, { kind: 'drain' });
  }
}

const CLOSED_THERE = { kind: 'close', reason: 'closed-there' } as const;
const FIRST_RETRY_US = 1_000_000;
const RETRANSMISSION_US = 300_000;
