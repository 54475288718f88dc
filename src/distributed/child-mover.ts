import type { NodeId } from '../base/node-id.js';
import type { ChildView } from '../otp/supervision/child.js';
import { type ChildMove, balancingMoves } from './child-move.js';
import type { ChildHandle, PlacedSpec } from './distributed-child.js';
import type { NodeSelector } from './node-selector.js';

type Child = ChildView<PlacedSpec, ChildHandle>;

/** What a node was cleared of. */
export interface Clearing {
  readonly moves: readonly ChildMove[];
  /** Those that no other node may take: they stay where they are. */
  readonly stayed: readonly string[];
}

/** The supervisor whose children are moved. */
export interface MovingSupervisor {
  readonly id: string;
  /** In start order. */
  children(): Iterable<Child>;
  child(id: string): Child | undefined;
  /** Where a child may be started now, other than on those nodes. */
  nodesFor(child: Child, besides: ReadonlySet<NodeId>): readonly NodeId[];
  /** Stops the child and starts it there, or where its selector says. `done` once it is settled. */
  replace(child: Child, target: Target, done: () => void): void;
}

export interface Target {
  readonly node: NodeId | undefined;
  readonly besides: ReadonlySet<NodeId>;
}

/** Moves that belong together. */
interface Errand {
  readonly tried: Set<string>;
  readonly moves: ChildMove[];
  next(): (Target & { readonly child: Child }) | undefined;
  done(): void;
}

/**
 * Moves children of one supervisor from node to node, one after the other: a child is stopped where
 * it is, and the next is touched only when it runs elsewhere. Moves cost nothing, and no other
 * child has to restart for them.
 */
export class ChildMover {
  readonly #supervisor: MovingSupervisor;
  readonly #errands: Errand[] = [];
  /** What was moved away from a node since it was asked for the first time. */
  readonly #cleared = new Map<NodeId, ChildMove[]>();
  #isMoving = false;
  #isClosed = false;

  constructor(supervisor: MovingSupervisor) {
    this.#supervisor = supervisor;
  }

  /** Evens out the numbers of children on the nodes, with at most so many moves. */
  rebalance(movesMax: number, done: (moves: readonly ChildMove[]) => void): void {
    const tried = new Set<string>();
    const moves: ChildMove[] = [];
    this.#add({
      tried,
      moves,
      next: () => (tried.size < movesMax ? this.#nextToBalance(tried) : undefined),
      done: () => done(moves),
    });
  }

  /** Moves all children away from a node that can run elsewhere. */
  clear(node: NodeId, done: (clearing: Clearing) => void = () => undefined): void {
    const tried = new Set<string>();
    const besides = new Set([node]);
    const moves = this.#cleared.get(node) ?? [];
    this.#cleared.set(node, moves);
    this.#add({
      tried,
      moves,
      next: () => {
        const movable = this.#on(node).filter(({ spec }) => !tried.has(spec.id));
        const child = movable.find((one) => this.#supervisor.nodesFor(one, besides).length > 0);
        return child && { child, node: undefined, besides };
      },
      done: () => done({ moves: [...moves], stayed: this.#on(node).map(({ spec }) => spec.id) }),
    });
  }

  /** The node takes children again. */
  reopen(node: NodeId): void {
    this.#cleared.delete(node);
  }

  /** Moves nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#errands.length = 0;
  }

  #add(errand: Errand): void {
    if (this.#isClosed) return;
    this.#errands.push(errand);
    if (!this.#isMoving) this.#go();
  }

  #go(): void {
    for (let errand = this.#errands[0]; errand !== undefined; errand = this.#errands[0]) {
      const next = errand.next();
      if (next !== undefined) return this.#move(errand, next);
      this.#errands.shift();
      errand.done();
    }
  }

  #move({ tried, moves }: Errand, { child, ...target }: Target & { readonly child: Child }): void {
    const { id: childId } = child.spec;
    const fromNode = (child.handle as ChildHandle).nodeId;
    const { id: supervisorId } = this.#supervisor;
    tried.add(childId);
    this.#isMoving = true;
    this.#supervisor.replace(child, target, () => {
      this.#isMoving = false;
      const toNode = this.#running(childId)?.handle?.nodeId;
      if (toNode !== undefined && toNode !== fromNode) {
        moves.push({ supervisorId, childId, fromNode, toNode });
      }
      this.#go();
    });
  }

  #nextToBalance(tried: ReadonlySet<string>): (Target & { readonly child: Child }) | undefined {
    const running = [...this.#supervisor.children()].filter(isRunning);
    const balanced = running.map((child) => {
      const { id, selector } = child.spec;
      const { nodeId } = child.handle as ChildHandle;
      return { id, nodeId, isMovable: isAnywhere(selector) && !tried.has(id) };
    });
    const anybody = running.find(({ spec }) => isAnywhere(spec.selector));
    if (anybody === undefined) return undefined;
    const nodes = this.#supervisor.nodesFor(anybody, NOBODY);
    const move = balancingMoves(balanced, nodes)[0];
    const child = move && this.#running(move.childId);
    return child && { child, node: move.toNode, besides: NOBODY };
  }

  #on(node: NodeId): Child[] {
    const all = [...this.#supervisor.children()];
    return all.filter((child) => isRunning(child) && child.handle?.nodeId === node);
  }

  #running(childId: string): Child | undefined {
    const child = this.#supervisor.child(childId);
    return child !== undefined && isRunning(child) ? child : undefined;
  }
}

function isRunning({ status }: Child): boolean {
  return status === 'running';
}

/** Whether one node is as good as another for it. */
function isAnywhere(selector: NodeSelector): boolean {
  return selector === 'round_robin' || selector === 'least_loaded' || selector === 'random';
}

const NOBODY: ReadonlySet<NodeId> = new Set();
