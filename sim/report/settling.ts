import type { Observed } from '../world-report.js';
import { isCrash, listOf, textOf } from './fact.js';

/**
 * Whether a cluster is still on its way to somewhere: a child is being started, stopped or held for
 * want of a node, or a node that runs has not given up one that is gone. Where it arrives is not
 * the question here; a child that everybody forgot is no movement.
 */
export class Settling {
  readonly #nodeIds: readonly string[];
  /** By the node of their supervisor. */
  readonly #moving = new Map<number, Set<string>>();
  /** Children that wait for a node: no movement, and not where they should be either. */
  readonly #held = new Map<number, Set<string>>();
  readonly #crashedUs = new Map<string, number>();
  /** Which nodes count which other one as up. */
  readonly #seenBy = new Map<string, Set<number>>();
  #complete = false;
  #settledUs: number | undefined;
  #stillUs: number | undefined;

  constructor(nodeIds: readonly string[]) {
    this.#nodeIds = nodeIds;
  }

  /** Since when nothing moves; `undefined` while something does, and before all has started. */
  get settledUs(): number | undefined {
    return this.#settledUs;
  }

  observe(fact: Observed): void {
    this.#apply(fact);
    const isStill = this.#complete && isEmpty(this.#moving);
    const isSettled = isStill && isEmpty(this.#held) && this.#unnoticed().length === 0;
    this.#stillUs = isStill ? (this.#stillUs ?? fact.atUs) : undefined;
    this.#settledUs = isSettled ? (this.#settledUs ?? fact.atUs) : undefined;
  }

  /**
   * Whether there was time to settle until `atUs`: no child has moved for `calmUs`, and every crash
   * is noticed or is `noticeUs` old. Whoever has noticed nothing by then never will.
   */
  hadTime(atUs: number, calmUs: number, noticeUs: number): boolean {
    if (this.#stillUs === undefined || this.#stillUs > atUs - calmUs) return false;
    if (this.#settledUs !== undefined) return this.#settledUs <= atUs - calmUs;
    return this.#unnoticed().every((crashedUs) => crashedUs <= atUs - noticeUs);
  }

  /** The nodes that still count `nodeId` as up. */
  unawareOf(nodeId: string): number {
    return this.#seenBy.get(nodeId)?.size ?? 0;
  }

  #apply(fact: Observed): void {
    if (isCrash(fact)) return this.#crashed(fact);
    const childId = textOf(fact, 'childId');
    const nodeId = textOf(fact, 'nodeId');
    const moving = childrenOf(this.#moving, fact.node);
    const held = childrenOf(this.#held, fact.node);
    switch (fact.observation.kind) {
      case 'supervising':
        this.#complete = true;
        return;
      case 'supervisor_ended':
        moving.clear();
        held.clear();
        return;
      case 'child_start':
      case 'child_stop':
        moving.add(childId);
        held.delete(childId);
        return;
      case 'child_held':
        moving.delete(childId);
        held.add(childId);
        return;
      case 'child_started':
      case 'child_failed':
      case 'child_ended':
      case 'child_abandoned':
        moving.delete(childId);
        held.delete(childId);
        return;
      case 'children_lost':
        for (const child of listOf<string>(fact, 'childIds')) moving.delete(child);
        return;
      case 'node_up':
        this.#viewersOf(nodeId).add(fact.node);
        return;
      case 'node_down':
        this.#viewersOf(nodeId).delete(fact.node);
        return;
      case 'world_restart':
        this.#crashedUs.delete(this.#nodeIds[fact.node] as string);
        return;
    }
  }

  #crashed({ node, atUs }: Observed): void {
    this.#crashedUs.set(this.#nodeIds[node] as string, atUs);
    for (const viewers of this.#seenBy.values()) viewers.delete(node);
    // With a supervisor everything ends that it was about to do.
    this.#moving.delete(node);
    this.#held.delete(node);
    if (node === FOUNDER) this.#complete = true;
  }

  #viewersOf(nodeId: string): Set<number> {
    let viewers = this.#seenBy.get(nodeId);
    if (viewers === undefined) this.#seenBy.set(nodeId, (viewers = new Set()));
    return viewers;
  }

  #unnoticed(): number[] {
    if (this.#crashedUs.size === 0) return NONE;
    const crashes = [...this.#crashedUs].filter(([nodeId]) => this.unawareOf(nodeId) > 0);
    return crashes.map(([, crashedUs]) => crashedUs);
  }
}

function childrenOf(all: Map<number, Set<string>>, node: number): Set<string> {
  let children = all.get(node);
  if (children === undefined) all.set(node, (children = new Set()));
  return children;
}

function isEmpty(all: ReadonlyMap<number, ReadonlySet<string>>): boolean {
  for (const children of all.values()) if (children.size > 0) return false;
  return true;
}

const NONE: number[] = [];
// The node that starts the supervisor.
const FOUNDER = 0;
