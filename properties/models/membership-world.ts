import { Heap } from '../../src/base/heap.js';
import type { NodeId } from '../../src/base/node-id.js';
import type { NodeIdentity } from '../../src/cluster/handshake-message.js';
import { Membership } from '../../src/cluster/membership.js';
import type {
  LinkNumber,
  MembershipEffect,
  MembershipEvent,
  MembershipTimer,
} from '../../src/cluster/membership-event.js';
import type { Random } from '../../src/platform/platform.js';
import type { Address, CloseReason } from '../../src/platform/transport.js';
import { MembershipJudge, type Session } from './membership-judge.js';

export const TIMING = {
  heartbeatIntervalMs: 1000,
  heartbeatMissThreshold: 3,
  reconnectBaseDelayMs: 200,
  reconnectMaxDelayMs: 2000,
  handshakeTimeoutMs: 1500,
};

/**
 * Nodes that are memberships and nothing else, on a network that behaves like TCP: a link keeps the
 * order of its frames, and its two ends may learn of its end at different times, or one of them
 * never. Every effect is judged as it comes.
 */
export class MembershipWorld {
  readonly nodes = new Map<NodeId, ModelNode>();
  readonly connections: Connection[] = [];
  readonly #random: Random;
  readonly #cuts = new Set<string>();
  readonly #aliases = new Map<Address, NodeId>();
  readonly #agenda: Heap<Item>;
  #sequence = 0;
  nowMs = 0;

  constructor(random: Random) {
    this.#random = random;
    // A tie is broken by chance, so that both orders of simultaneous events are met.
    this.#agenda = new Heap<Item>((left, right) =>
      left.atMs === right.atMs
        ? left.tie === right.tie
          ? left.sequence < right.sequence
          : left.tie < right.tie
        : left.atMs < right.atMs,
    );
  }

  /** Another address of a node: what a seed by host name is. */
  alias(address: Address, nodeId: NodeId): void {
    this.#aliases.set(address, nodeId);
  }

  start(nodeId: NodeId, seeds: readonly Address[]): ModelNode {
    const former = this.nodes.get(nodeId);
    const node = new ModelNode(this, {
      identity: { nodeId, incarnation: (former?.identity.incarnation ?? 0n) + 1n },
      random: this.#random,
    });
    this.nodes.set(nodeId, node);
    node.handle({ kind: 'started', seeds });
    return node;
  }

  /** Ends a node. Its peers see their links close, or nothing at all. */
  crash(nodeId: NodeId, mode: 'closes' | 'silent'): void {
    const node = this.nodes.get(nodeId);
    if (node === undefined || !node.alive) return;
    node.alive = false;
    node.reachable = mode === 'closes';
    for (const end of node.links.values()) {
      end.connection.close(end, mode === 'closes' ? 'lost' : undefined);
    }
  }

  leave(nodeId: NodeId): void {
    const node = this.nodes.get(nodeId);
    if (node === undefined || !node.alive) return;
    node.handle({ kind: 'stopped' });
    node.alive = false;
  }

  cut(left: NodeId, right: NodeId): void {
    this.#cuts.add(pairOf(left, right));
  }

  healAll(): void {
    this.#cuts.clear();
  }

  isCut(left: NodeId, right: NodeId): boolean {
    return this.#cuts.has(pairOf(left, right));
  }

  /** Breaks one open link between the two; each end notices at its own time, or not at all. */
  breakLink(left: NodeId, right: NodeId): void {
    const open = this.connections.filter((c) => c.joins(left, right) && c.isOpen);
    const [victim] = open.slice(open.length === 0 ? 0 : this.#random.below(open.length));
    victim?.break();
  }

  run(forMs: number): void {
    const untilMs = this.nowMs + forMs;
    for (;;) {
      const next = this.#agenda.peek();
      if (next === undefined || next.atMs > untilMs) break;
      this.#agenda.pop();
      this.nowMs = next.atMs;
      next.act();
    }
    this.nowMs = untilMs;
  }

  after(delayMs: number, act: () => void): void {
    this.#sequence += 1;
    const tie = this.#random.below(4);
    this.#agenda.push({ atMs: this.nowMs + delayMs, tie, sequence: this.#sequence, act });
  }

  latencyMs(): number {
    return 1 + this.#random.below(20);
  }

  chance(percent: number): boolean {
    return this.#random.below(100) < percent;
  }

  dial(from: ModelNode, number: LinkNumber, address: Address): void {
    const nodeId = this.#aliases.get(address) ?? (address as NodeId);
    const connection = new Connection(this, from, number);
    this.connections.push(connection);
    this.after(this.latencyMs(), () => {
      const target = this.nodes.get(nodeId);
      const isCut = target === undefined || this.isCut(from.identity.nodeId, nodeId);
      if (target !== undefined && !target.alive && target.reachable && !isCut) {
        this.after(this.latencyMs(), () => connection.end(connection.dialler, 'refused'));
      } else if (isCut || !target.alive) {
        this.after(1000, () => connection.end(connection.dialler, 'unreachable'));
      } else {
        connection.accept(target);
      }
    });
  }
}

/** One life of a node, with what it was told by its membership. */
export class ModelNode {
  readonly identity: NodeIdentity;
  readonly membership: Membership;
  readonly log: MembershipEffect[] = [];
  readonly links = new Map<LinkNumber, End>();
  readonly timers = new Map<MembershipTimer, object>();
  alive = true;
  /** Once dead: whether its host still answers. */
  reachable = true;
  readonly #judge: MembershipJudge;
  readonly #world: MembershipWorld;

  constructor(world: MembershipWorld, of: { identity: NodeIdentity; random: Random }) {
    this.#world = world;
    this.identity = of.identity;
    this.#judge = new MembershipJudge(of.identity);
    const options = { ...TIMING, self: of.identity, addressOf: (nodeId: NodeId) => nodeId };
    this.membership = new Membership(options, of.random, world.nowMs);
  }

  get members(): ReadonlyMap<NodeId, Session> {
    return this.#judge.members;
  }

  handle(event: MembershipEvent): void {
    if (!this.alive) return;
    this.carryOut(this.membership.handle(event, this.#world.nowMs));
  }

  receive(number: LinkNumber, frame: ModelFrame): void {
    if (!this.alive) return;
    switch (frame.kind) {
      case 'hello':
      case 'welcome':
      case 'reject':
        return this.handle({ kind: 'handshakeReceived', link: number, message: frame });
      case 'sync':
        return this.handle({ kind: 'syncReceived', link: number, peers: frame.peers });
      case 'leave':
        return this.handle({ kind: 'leaveReceived', link: number });
      case 'heartbeat':
        return this.carryOut(this.membership.frameReceived(number, this.#world.nowMs));
    }
  }

  carryOut(effects: readonly MembershipEffect[]): void {
    for (const effect of effects) {
      this.log.push(effect);
      this.#judge.see(effect);
      this.#act(effect);
    }
  }

  #act(effect: MembershipEffect): void {
    switch (effect.kind) {
      case 'dial':
        this.#world.dial(this, effect.link, effect.address);
        return;
      case 'send':
        return this.#send(effect.link, effect.message);
      case 'sendSync': {
        const peers = this.membership.connectedPeers();
        return this.#send(effect.link, { kind: 'sync', peers });
      }
      case 'sendHeartbeat':
        return this.#send(effect.link, { kind: 'heartbeat' });
      case 'sendLeave':
        return this.#send(effect.link, { kind: 'leave' });
      case 'close': {
        const end = this.links.get(effect.link);
        return end?.connection.close(end, 'closed-there');
      }
      case 'schedule': {
        const token = {};
        this.timers.set(effect.timer, token);
        this.#world.after(effect.delayMs, () => {
          if (this.timers.get(effect.timer) !== token) return;
          this.timers.delete(effect.timer);
          this.handle({ kind: 'timerFired', timer: effect.timer });
        });
        return;
      }
      case 'cancel':
        this.timers.delete(effect.timer);
        return;
      default:
        return;
    }
  }

  #send(link: LinkNumber, frame: ModelFrame): void {
    const end = this.links.get(link);
    end?.connection.send(end, frame);
  }
}

export type ModelFrame =
  | Extract<MembershipEffect, { kind: 'send' }>['message']
  | { readonly kind: 'sync'; readonly peers: readonly NodeIdentity[] }
  | { readonly kind: 'heartbeat' | 'leave' };

/** One connection with its two ends. */
export class Connection {
  readonly dialler: End;
  acceptor: End | undefined;
  readonly #world: MembershipWorld;
  #isBroken = false;

  constructor(world: MembershipWorld, dialler: ModelNode, number: LinkNumber) {
    this.#world = world;
    this.dialler = { connection: this, node: dialler, number, open: true, lastMs: 0 };
    dialler.links.set(number, this.dialler);
  }

  get isOpen(): boolean {
    return this.dialler.open && this.acceptor?.open === true && !this.#isBroken;
  }

  joins(left: NodeId, right: NodeId): boolean {
    const ends = [this.dialler.node.identity.nodeId, this.acceptor?.node.identity.nodeId];
    return ends.includes(left) && ends.includes(right);
  }

  accept(node: ModelNode): void {
    if (!this.dialler.open) return;
    const number = node.membership.nextLink();
    const acceptor = { connection: this, node, number, open: true, lastMs: 0 };
    this.acceptor = acceptor;
    node.links.set(number, acceptor);
    node.handle({ kind: 'linkAccepted', link: number });
    this.#deliver(acceptor, () =>
      this.dialler.node.handle({ kind: 'linkOpened', link: this.dialler.number }),
    );
  }

  send(from: End, frame: ModelFrame): void {
    const there = this.#other(from);
    if (!from.open || there === undefined) return;
    this.#deliver(from, () => there.node.receive(there.number, frame));
  }

  /** Closes an end; `seen` is what the other one sees, if anything. */
  close(end: End, seen: CloseReason | undefined): void {
    if (!end.open) return;
    end.open = false;
    const there = this.#other(end);
    if (there === undefined || seen === undefined) return;
    this.#deliver(end, () => this.end(there, seen));
  }

  /** An end learns that it is over. */
  end(end: End, reason: CloseReason): void {
    if (!end.open) return;
    end.open = false;
    end.node.handle({ kind: 'linkClosed', link: end.number, reason });
  }

  break(): void {
    this.#isBroken = true;
    for (const end of [this.dialler, this.acceptor]) {
      if (end === undefined || this.#world.chance(30)) continue;
      this.#world.after(this.#world.latencyMs() * 5, () => this.end(end, 'lost'));
    }
  }

  #deliver(from: End, act: () => void): void {
    const world = this.#world;
    const to = this.#other(from);
    if (to === undefined) return;
    if (world.isCut(from.node.identity.nodeId, to.node.identity.nodeId)) {
      // Bytes that are lost end the link, for whoever gets to know.
      if (!this.#isBroken) this.break();
      return;
    }
    // A little apart, because the world breaks ties by chance and a link keeps its order.
    to.lastMs = Math.max(to.lastMs + 0.001, world.nowMs + world.latencyMs());
    world.after(to.lastMs - world.nowMs, () => {
      if (!this.#isBroken && to.open && to.node.alive) act();
    });
  }

  #other(end: End): End | undefined {
    return end === this.dialler ? this.acceptor : this.dialler;
  }
}

export interface End {
  readonly connection: Connection;
  readonly node: ModelNode;
  readonly number: LinkNumber;
  open: boolean;
  lastMs: number;
}

interface Item {
  readonly atMs: number;
  readonly tie: number;
  readonly sequence: number;
  readonly act: () => void;
}

function pairOf(left: NodeId, right: NodeId): string {
  return left < right ? `${left} ${right}` : `${right} ${left}`;
}
