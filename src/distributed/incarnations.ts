import type { NodeId } from '../base/node-id.js';
import type { ChildHandle, PlacedSpec } from './distributed-child.js';
import type { Fence } from '../base/fence.js';

/** One start of one child, from the request to the news of its end. */
export interface Incarnation {
  readonly childId: string;
  readonly attempt: number;
  readonly nodeId: NodeId;
  readonly fence: Fence;
  readonly spec: PlacedSpec;
  /**
   * - `asked`: on its way to the node.
   * - `unsure`: asked, and then the link was lost; whether it runs cannot be known yet.
   * - `running`, `stopping`: acknowledged; the latter was asked to end.
   */
  state: 'asked' | 'unsure' | 'running' | 'stopping';
  handle: ChildHandle | undefined;
  /** Whether its end will be told; not when the link was gone as the monitor was set. */
  watched: boolean;
  /** What its host knew it under before this owner adopted it. */
  readonly adoptedFrom?: Fence;
  /** Takes the threat of a kill back, once it has ended. */
  disarm: (() => void) | undefined;
}

/** The incarnations that a supervisor counts on: asked for, running, or about to end. */
export class Incarnations {
  readonly #byAttempt = new Map<number, Incarnation>();
  readonly #byNode = new Map<NodeId, Set<Incarnation>>();

  get size(): number {
    return this.#byAttempt.size;
  }

  add(incarnation: Incarnation): void {
    this.#byAttempt.set(incarnation.attempt, incarnation);
    const there = this.#byNode.get(incarnation.nodeId);
    if (there === undefined) this.#byNode.set(incarnation.nodeId, new Set([incarnation]));
    else there.add(incarnation);
  }

  get(attempt: number): Incarnation | undefined {
    return this.#byAttempt.get(attempt);
  }

  /** Takes it out; `undefined` when it was out already. */
  remove(attempt: number): Incarnation | undefined {
    const incarnation = this.#byAttempt.get(attempt);
    if (incarnation === undefined) return undefined;
    this.#byAttempt.delete(attempt);
    const there = this.#byNode.get(incarnation.nodeId);
    there?.delete(incarnation);
    if (there?.size === 0) this.#byNode.delete(incarnation.nodeId);
    incarnation.disarm?.();
    return incarnation;
  }

  /** All that are counted on to be on `nodeId`, in the order they were asked for. */
  on(nodeId: NodeId): Incarnation[] {
    return [...(this.#byNode.get(nodeId) ?? [])];
  }

  [Symbol.iterator](): Iterator<Incarnation> {
    return this.#byAttempt.values();
  }
}
