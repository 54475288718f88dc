import { compareCodeUnits } from '../../src/base/compare.js';
import type { Observed } from '../world-report.js';
import { type HostFact, factOf } from './fact.js';

/** A process that runs a child, as its host told. */
export interface LiveChild {
  readonly ownerId: string;
  readonly childId: string;
  readonly processId: string;
  readonly fence: ChildFence;
  readonly node: number;
  readonly life: number;
  readonly sinceUs: number;
}

/** Term, the owner's node, its life, and sequence, the weightiest first. */
export type ChildFence = readonly [number, string, number, number];

/** Which incarnations of which children are alive, on whichever nodes. */
export class LiveChildren {
  readonly #byChild = new Map<string, LiveChild[]>();

  /** Takes note of a start or an end; the child that was started. */
  observe(observed: Observed): LiveChild | undefined {
    const { kind } = observed.observation;
    if (kind === 'fenced_started') return this.#start(observed, factOf(observed) as HostFact);
    if (kind === 'fenced_adopted') this.#adopt(factOf(observed) as HostFact);
    else if (kind === 'fenced_ended') this.#end((factOf(observed) as HostFact).processId);
    else if (kind === 'world_crash' || kind === 'world_failed') this.#lose(observed.node);
    return undefined;
  }

  of(ownerId: string, childId: string): readonly LiveChild[] {
    return this.#byChild.get(`${ownerId} ${childId}`) ?? [];
  }

  all(): LiveChild[] {
    return [...this.#byChild.values()].flat();
  }

  #start(observed: Observed, fact: HostFact): LiveChild {
    const { node, incarnation: life, atUs: sinceUs } = observed;
    const { ownerId, childId, processId } = fact;
    const fence = childFenceOf(fact);
    const child = { ownerId, childId, processId, fence, node, life, sinceUs };
    const key = `${ownerId} ${childId}`;
    this.#byChild.set(key, [...(this.#byChild.get(key) ?? []), child]);
    return child;
  }

  #adopt(fact: HostFact): void {
    const key = `${fact.ownerId} ${fact.childId}`;
    const fence = childFenceOf(fact);
    const children = this.#byChild.get(key) ?? [];
    const isIt = ({ processId }: LiveChild): boolean => processId === fact.processId;
    this.#byChild.set(
      key,
      children.map((child) => (isIt(child) ? { ...child, fence } : child)),
    );
  }

  #end(processId: string): void {
    this.#keep((child) => child.processId !== processId);
  }

  #lose(node: number): void {
    this.#keep((child) => child.node !== node);
  }

  #keep(isKept: (child: LiveChild) => boolean): void {
    for (const [key, children] of this.#byChild) {
      if (!children.every(isKept)) this.#byChild.set(key, children.filter(isKept));
    }
  }
}

export function childFenceOf(fact: HostFact): ChildFence {
  const { term, ownerNode, ownerIncarnation, sequence } = fact;
  return [term, ownerNode, Number(ownerIncarnation), sequence];
}

/** Negative when `left` is the older one. */
export function compareChildFences(left: ChildFence, right: ChildFence): number {
  return (
    left[0] - right[0] ||
    compareCodeUnits(left[1], right[1]) ||
    left[2] - right[2] ||
    left[3] - right[3]
  );
}
