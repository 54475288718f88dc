import { NodeId } from '../../src/base/node-id.js';
import {
  GlobalNames,
  type GlobalNamesEffect,
  type NamesDelta,
  type NamesList,
} from '../../src/cluster/global-names.js';
import type { NodeIdentity } from '../../src/cluster/handshake-message.js';
import type { NameClaim } from '../../src/cluster/name-claim.js';

/**
 * Name tables of a few nodes, joined by queues that keep their order. A process's end is told to
 * its node's table at once; everything else waits in a queue until it is delivered.
 */
export class NamesWorld {
  readonly nodes: NamesNode[];
  readonly #queues = new Map<string, NamesFrame[]>();
  #processes = 0;

  constructor(size: number) {
    this.nodes = Array.from({ length: size }, (_, index) => new NamesNode(identity(index, 1n)));
  }

  /** Whether the node got the name. */
  register(node: number, name: string): boolean {
    this.#processes += 1;
    const outcome = this.#at(node).table.register(name, `genserver_${this.#processes}`);
    if (outcome.kind === 'conflict') return false;
    this.#carryOut(node, outcome.effects);
    return true;
  }

  unregister(node: number, name: string): void {
    this.#carryOut(node, this.#at(node).table.unregister(name));
  }

  endProcess(node: number, name: string): void {
    const claim = this.#at(node)
      .table.ownList()
      .claims.find((own) => own.name === name);
    if (claim !== undefined) {
      this.#carryOut(node, this.#at(node).table.processEnded(claim.refId));
    }
  }

  /** Opens a link: each end sends its full list first, as at a join. */
  connect(left: number, right: number): void {
    if (left === right || this.#isConnected(left, right)) return;
    for (const [from, to] of [
      [left, right],
      [right, left],
    ] as const) {
      const list = this.#at(from).table.ownList();
      this.#queues.set(`${from} ${to}`, [{ from: this.#at(from).identity, list }]);
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
    this.nodes[node] = new NamesNode(identity(node, this.#at(node).identity.incarnation + 1n));
  }

  /** Cuts every link: each node knows its own names alone. */
  isolateAll(): void {
    for (const left of this.nodes.keys()) {
      for (const right of this.nodes.keys()) this.disconnect(left, right, 'down');
    }
  }

  /** Delivers the oldest frame of one queue. False when it is empty. */
  deliver(from: number, to: number): boolean {
    const frame = this.#queues.get(`${from} ${to}`)?.shift();
    if (frame === undefined) return false;
    const { table } = this.#at(to);
    const effects =
      'list' in frame
        ? table.applyList(frame.from, frame.list)
        : table.applyDelta(frame.from, frame.delta);
    this.#carryOut(to, effects);
    return true;
  }

  /** Connects everybody and delivers until nothing moves. */
  settle(): void {
    for (const left of this.nodes.keys()) {
      for (const right of this.nodes.keys()) this.connect(left, right);
    }
    while (this.#deliverRound()) continue;
  }

  #deliverRound(): boolean {
    let moved = false;
    for (const from of this.nodes.keys()) {
      for (const to of this.nodes.keys()) moved = this.deliver(from, to) || moved;
    }
    return moved;
  }

  #carryOut(node: number, effects: readonly GlobalNamesEffect[]): void {
    const { identity: from, visible } = this.#at(node);
    for (const effect of effects) {
      switch (effect.kind) {
        case 'announce':
          for (const to of this.nodes.keys()) {
            this.#queues.get(`${node} ${to}`)?.push({ from, delta: effect.delta });
          }
          break;
        case 'resync':
          throw new Error('a change is missing on a link that keeps its order');
        case 'registered':
          if (visible.has(effect.claim.name)) throw new Error('registered over another claim');
          visible.set(effect.claim.name, effect.claim);
          break;
        case 'unregistered':
          if (visible.get(effect.claim.name) !== effect.claim) throw new Error('was not visible');
          visible.delete(effect.claim.name);
          break;
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
  /** What the effects say that `whereis` gives. */
  readonly visible = new Map<string, NameClaim>();

  constructor(readonly identity: NodeIdentity) {
    this.table = new GlobalNames({ self: identity });
  }
}

type NamesFrame =
  | { readonly from: NodeIdentity; readonly list: NamesList }
  | { readonly from: NodeIdentity; readonly delta: NamesDelta };

function identity(index: number, incarnation: bigint): NodeIdentity {
  return { nodeId: NodeId.create(`n${index}`, '10.0.0.1', 1 + index), incarnation };
}
