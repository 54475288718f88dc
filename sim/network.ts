import { invariant, unreachable } from '../src/base/assert.js';
import type { Address, CloseReason } from '../src/platform/transport.js';
import { Connection, Host, type Parcel, type Side, type Way } from './connection.js';
import type { Draws } from './draw.js';
import type { FaultRules } from './fault.js';
import type { CrashMode } from './plan.js';
import { type BufferLimits, bufferedBytes, type LinkId, type NodeInput } from './turn.js';
import { Wire } from './wire.js';

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
  note(kind: NetworkNote, host: Host, link: LinkId | undefined): void;
}

export type NetworkNote = 'held' | 'dropped' | 'swallowed' | 'refused' | 'reset' | 'released';

export type NetworkEvent =
  | { readonly kind: 'deliver'; readonly way: Way }
  | { readonly kind: 'local'; readonly side: Side; readonly reason: CloseReason }
  | { readonly kind: 'dial-timeout'; readonly connection: Connection };

/** What an event comes to: one node takes one turn. */
export interface Delivery {
  readonly host: Host;
  readonly input: NodeInput;
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
  #locals = 0;

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
      heldDial: (way) => this.#redial(way),
      dropped: (way, parcel) => this.#leave(way, parcel),
      broken: (connection) => this.#break(connection),
      note: (kind, way) => hooks.note(kind, way.to.host, way.to.link),
    });
  }

  get rules(): FaultRules {
    return this.#wire.rules;
  }

  /** Call it whenever a rule was taken away: what is held goes on, or its connection breaks. */
  release(): void {
    this.#wire.release();
  }

  dial(from: Host, link: LinkId, address: Address): void {
    const nth = (from.dials.get(address) ?? 0) + 1;
    from.dials.set(address, nth);
    const key = this.#draws.number('connection', from.address, address, from.life, nth);
    const target = this.#byAddress.get(address);
    const nowUs = this.#hooks.nowUs();
    const connection = new Connection(key, from, link, target ?? from, nowUs, this.#draws);
    from.sides.set(link, connection.dialler);
    if (target === undefined) {
      this.#tellHere(connection.dialler, 'unreachable');
      return;
    }
    this.#wire.post(connection.dialler.out, { kind: 'dial' });
    const timeoutUs = nowUs + this.#options.connectTimeoutUs;
    const tie = this.#draws.number('dial-timeout', key);
    this.#hooks.schedule(timeoutUs, tie, { kind: 'dial-timeout', connection });
  }

  send(from: Host, link: LinkId, bytes: Uint8Array): void {
    const side = from.sides.get(link);
    if (side?.open !== true) return;
    const way = side.out;
    way.knownBytes += bufferedBytes(bytes);
    way.flightBytes += bufferedBytes(bytes);
    if (way.knownBytes > this.#options.buffer.highBytes) way.full = true;
    this.#wire.post(way, { kind: 'frame', bytes });
  }

  close(from: Host, link: LinkId): void {
    const side = from.sides.get(link);
    if (side?.open !== true) return;
    const { connection, out } = side;
    if (connection.arrived) this.#wire.post(out, { kind: 'close', reason: 'closed-there' });
    else out.posted.clear();
    this.#tellHere(side, 'closed-here');
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

  #land(way: Way, parcel: Parcel | undefined): Delivery | undefined {
    if (parcel === undefined) return undefined;
    const { to } = way;
    this.#leave(way, parcel);
    if (to.host.state === 'silent') {
      this.#swallow(way, parcel);
      return undefined;
    }
    if (parcel.kind === 'dial') return this.#arrive(way);
    if (!to.alive || !to.open) {
      this.#bounce(way, parcel);
      return undefined;
    }
    const link = to.link;
    invariant(link !== undefined, 'a side has a link once it was dialled or accepted');
    switch (parcel.kind) {
      case 'answer':
        to.connection.opened = true;
        return { host: to.host, input: { kind: 'opened', link } };
      case 'frame':
        return { host: to.host, input: { kind: 'frame', link, bytes: parcel.bytes } };
      case 'drain':
        return { host: to.host, input: { kind: 'drained', link } };
      case 'close':
        return this.#closed(to, parcel.reason);
      default:
        return unreachable(parcel);
    }
  }

  #arrive(way: Way): Delivery | undefined {
    const { to: acceptor } = way;
    const { connection } = acceptor;
    const { host } = acceptor;
    if (host.state !== 'up' || !host.listening) {
      this.#hooks.note('refused', host, undefined);
      this.#wire.post(acceptor.out, { kind: 'close', reason: 'refused' });
      return undefined;
    }
    const link = connection.accept();
    this.#wire.post(acceptor.out, { kind: 'answer' });
    return { host, input: { kind: 'arrived', link, from: way.from.host.address } };
  }

  #swallow(way: Way, parcel: Parcel): void {
    this.#hooks.note('swallowed', way.to.host, way.to.link);
    if (parcel.kind === 'dial') this.#redial(way);
    else way.to.swallowed = true;
  }

  // Nobody is there for it. A host that runs says so, unless the other side knows already.
  #bounce(way: Way, parcel: Parcel): void {
    const { to, from } = way;
    this.#hooks.note('swallowed', to.host, to.link);
    if (parcel.kind === 'close' || !from.open || !from.alive) return;
    const abandoned = parcel.kind === 'answer' || to.life !== to.host.life;
    if (abandoned) this.#reset(to, 'bounce');
  }

  #redial(way: Way): void {
    const { connection } = way.from;
    const nowUs = this.#hooks.nowUs();
    // TCP asks again after 1, 3, 7, ... seconds.
    let waitUs = FIRST_RETRY_US;
    while (connection.dialledUs + waitUs <= nowUs) waitUs = waitUs * 2 + FIRST_RETRY_US;
    way.posted.clear();
    if (waitUs >= this.#options.connectTimeoutUs) return;
    this.#wire.post(way, { kind: 'dial' }, { extraUs: connection.dialledUs + waitUs - nowUs });
  }

  #timeOut(connection: Connection): Delivery | undefined {
    const side = connection.dialler;
    if (connection.opened || !side.open || !side.alive) return undefined;
    side.out.posted.clear();
    return this.#closed(side, 'unreachable');
  }

  #closed(side: Side, reason: CloseReason): Delivery | undefined {
    side.open = false;
    if (!side.alive || side.link === undefined) return undefined;
    side.host.sides.delete(side.link);
    side.host.unreported.delete(side.out);
    return { host: side.host, input: { kind: 'closed', link: side.link, reason } };
  }

  #tellHere(side: Side, reason: CloseReason): void {
    side.open = false;
    const tie = this.#draws.number('local', side.connection.key, this.#locals++);
    this.#hooks.schedule(this.#hooks.nowUs(), tie, { kind: 'local', side, reason });
  }

  #endAbruptly(side: Side, mode: 'closes' | 'exits'): void {
    const { out, connection } = side;
    if (!connection.arrived && side === connection.dialler) return;
    const chance = this.#draws.stream('crash', connection.key, side === connection.dialler ? 0 : 1);
    if (mode === 'exits' || chance.at(0) % 2 === 0) {
      this.#wire.post(out, { kind: 'close', reason: 'closed-there' });
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
  #leave(way: Way, parcel: Parcel): void {
    if (parcel.kind !== 'frame') return;
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

const FIRST_RETRY_US = 1_000_000;
const RETRANSMISSION_US = 300_000;
