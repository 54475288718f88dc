import { NodeId } from '../../src/base/node-id.js';
import {
  type ClaimOptions,
  GlobalNames,
  type GlobalNamesEffect,
} from '../../src/cluster/global-names.js';
import type { NodeIdentity } from '../../src/cluster/handshake-message.js';
import type { NameClaim } from '../../src/cluster/name-claim.js';
import { type NameConflictResolver, preferenceOf } from '../../src/cluster/name-conflict.js';
import type { NamesDelta, NamesList } from '../../src/cluster/own-names.js';

/**
 * Name tables of a few nodes, joined by queues that keep their order. A process's end is told to
 * its node's table at once; everything else waits in a queue until it is delivered. It fails when a
 * table tells something that cannot be.
 */
export class NamesWorld {
  readonly nodes: NamesNode[];
  /** All that was ever sent, by lives that are over too. */
  readonly said: NamesFrame[] = [];
  readonly #onConflict: NameConflictResolver | undefined;
  readonly #queues = new Map<string, NamesFrame[]>();
  #processes = 0;

  constructor(size: number, onConflict?: NameConflictResolver) {
    this.#onConflict = onConflict;
    this.nodes = Array.from({ length: size }, (_, index) => this.#born(index, 1n));
  }

  /** Whether the node got the name. */
  register(node: number, name: string): boolean {
    this.#processes += 1;
    return this.#claim(node, name, `genserver_${this.#processes}`, {});
  }

  /** The process that this node knows under the name comes up here, too, and outranks itself. */
  takeOver(node: number, name: string): boolean {
    const held = this.#at(node).table.whereis(name);
    if (held === undefined) return this.register(node, name);
    return this.#claim(node, name, held.refId, { term: held.term + 1 });
  }

  unregister(node: number, name: string): void {
    const { table, owning } = this.#at(node);
    owning.delete(name);
    this.#carryOut(node, table.unregister(name));
  }

  endProcess(node: number, name: string): void {
    const { table, owning } = this.#at(node);
    const claim = owning.get(name);
    if (claim === undefined) return;
    for (const [other, { refId }] of owning) if (refId === claim.refId) owning.delete(other);
    this.#carryOut(node, table.processEnded(claim.refId));
  }

  /** Opens a link: each end sends its full list first, as at a join. */
  connect(left: number, right: number): void {
    if (left === right || this.#isConnected(left, right)) return;
    for (const [from, to] of [
      [left, right],
      [right, left],
    ] as const) {
      const frame = { from: this.#at(from).identity, list: this.#at(from).table.ownList() };
      this.said.push(frame);
      this.#queues.set(`${from} ${to}`, [frame]);
    }
  }

  /** Ends a link; what was on its way is lost. A loss is noticed by both, a replacement by none. */
  disconnect(left: number, right: number, seen: 'down' | 'replaced'): void {
    if (!this.#isConnected(left, right)) return;
    this.#queues.delete(`${left} ${right}`);
    this.#queues.delete(`${right} ${left}`);
    if (seen === 'replaced') return this.connect(left, right);
    for (const [here, there] of [
      [left, right],
      [right, left],
    ] as const) {
      this.#carryOut(here, this.#at(here).table.nodeDown(this.#at(there).identity));
    }
  }

  /** A new life of a node, without a name. */
  restart(node: number): void {
    for (const other of this.nodes.keys()) this.disconnect(node, other, 'down');
    this.nodes[node] = this.#born(node, this.#at(node).identity.incarnation + 1n);
  }

  /** Whoever is on the side and whoever is not lose each other. */
  partition(side: readonly number[]): void {
    for (const left of side) {
      for (const right of this.nodes.keys()) {
        if (!side.includes(right)) this.disconnect(left, right, 'down');
      }
    }
  }

  /** Cuts every link: each node knows its own names alone. */
  isolateAll(): void {
    for (const node of this.nodes.keys()) this.partition([node]);
  }

  /** Connects everybody. */
  heal(): void {
    for (const left of this.nodes.keys()) {
      for (const right of this.nodes.keys()) this.connect(left, right);
    }
  }

  /** Two nodes meet, and all that follows from it is over before anybody else does. */
  meet(left: number, right: number): void {
    this.connect(left, right);
    while (this.#deliverRound()) continue;
  }

  /** Delivers the oldest frame of one queue. False when it is empty. */
  deliver(from: number, to: number): boolean {
    const frame = this.#queues.get(`${from} ${to}`)?.shift();
    if (frame === undefined) return false;
    this.#carryOut(to, hear(this.#at(to).table, frame));
    return true;
  }

  /** Connects everybody and delivers until nothing moves. */
  settle(): void {
    this.heal();
    while (this.#deliverRound()) continue;
  }

  #born(index: number, incarnation: bigint): NamesNode {
    const nodeId = NodeId.create(`n${index}`, '10.0.0.1', 1 + index);
    return new NamesNode({ nodeId, incarnation }, this.#onConflict);
  }

  #claim(node: number, name: string, refId: string, options: ClaimOptions): boolean {
    const { table, owning } = this.#at(node);
    const outcome = table.register(name, refId, options);
    if (outcome.kind === 'conflict') return false;
    // A process of this very node that had the name is told of its loss first.
    this.#carryOut(node, outcome.effects);
    owning.set(name, outcome.claim);
    return true;
  }

  #deliverRound(): boolean {
    let moved = false;
    for (const from of this.nodes.keys()) {
      for (const to of this.nodes.keys()) moved = this.deliver(from, to) || moved;
    }
    return moved;
  }

  #carryOut(node: number, effects: readonly GlobalNamesEffect[]): void {
    const { identity: from, visible, owning } = this.#at(node);
    for (const effect of effects) {
      switch (effect.kind) {
        case 'announce': {
          const frame = { from, delta: effect.delta };
          this.said.push(frame);
          for (const to of this.nodes.keys()) this.#queues.get(`${node} ${to}`)?.push(frame);
          break;
        }
        case 'resync':
          throw new Error('a change is missing on a link that keeps its order');
        case 'registered':
          if (visible.has(effect.claim.name)) throw new Error('registered over another claim');
          visible.set(effect.claim.name, processOf(effect.claim));
          break;
        case 'unregistered':
          if (visible.get(effect.claim.name) !== processOf(effect.claim)) {
            throw new Error('was not visible');
          }
          visible.delete(effect.claim.name);
          break;
        case 'lost': {
          const { claim, winner, end } = effect;
          if (owning.get(claim.name) !== claim) throw new Error('lost what it does not own');
          if (end !== (winner.refId !== claim.refId)) throw new Error('ends its own successor');
          owning.delete(claim.name);
          break;
        }
        default:
          break;
      }
    }
  }

  #isConnected(left: number, right: number): boolean {
    return this.#queues.has(`${left} ${right}`);
  }

  #at(node: number): NamesNode {
    const found = this.nodes[node % this.nodes.length];
    if (found === undefined) throw new Error('an empty world');
    return found;
  }
}

export class NamesNode {
  readonly table: GlobalNames;
  /** Which process the effects say that `whereis` gives. */
  readonly visible = new Map<string, string>();
  /** Names of processes here that neither gave them up nor were told that they lost them. */
  readonly owning = new Map<string, NameClaim>();

  constructor(
    readonly identity: NodeIdentity,
    onConflict: NameConflictResolver | undefined,
  ) {
    const prefer = onConflict === undefined ? undefined : preferenceOf(onConflict, SILENT);
    this.table = new GlobalNames({ self: identity, prefer });
  }
}

/** What a node says to another: all of its names, or a change. */
export type NamesFrame =
  | { readonly from: NodeIdentity; readonly list: NamesList }
  | { readonly from: NodeIdentity; readonly delta: NamesDelta };

export function hear(table: GlobalNames, frame: NamesFrame): readonly GlobalNamesEffect[] {
  if ('list' in frame) return table.applyList(frame.from, frame.list);
  return table.applyDelta(frame.from, frame.delta);
}

/** A process on one life of one node, as text. */
export function processOf({ refId, nodeId, incarnation }: NameClaim): string {
  return `${refId} ${nodeId} ${incarnation}`;
}

const nothing = (): void => undefined;
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };
