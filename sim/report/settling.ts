import type { Observed } from '../world-report.js';
import { isCrash, listOf, textOf } from './fact.js';

/**
 * Whether a cluster is still on its way to somewhere: a child is being started, stopped or held for
 * want of a node, or a node that runs has not given up one that is gone. Where it arrives is not
 * the question here; a child that everybody forgot is no movement.
 */
export class Settling {
  readonly #nodeIds: readonly string[];
  readonly #moving = new Set<string>();
  /** Children that wait for a node: no movement, and not where they should be either. */
  readonly #held = new Set<string>();
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
    const isStill = this.#complete && this.#moving.size === 0;
    const isSettled = isStill && this.#held.size === 0 && this.#unnoticed().length === 0;
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
    switch (fact.observation.kind) {
      case 'supervising':
        this.#complete = true;
        return;
      case 'supervisor_ended':
        this.#moving.clear();
        this.#held.clear();
        return;
      case 'child_start':
      case 'child_stop':
        this.#moving.add(childId);
        this.#held.delete(childId);
        return;
      case 'child_held':
        this.#moving.delete(childId);
        this.#held.add(childId);
        return;
      case 'child_started':
      case 'child_failed':
      case 'child_ended':
      case 'child_abandoned':
        this.#moving.delete(childId);
        this.#held.delete(childId);
        return;
      case 'children_lost':
        for (const child of listOf<string>(fact, 'childIds')) this.#moving.delete(child);
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
    if (node !== SUPERVISOR) return;
    // With the supervisor everything ends that it was about to do.
    this.#moving.clear();
    this.#held.clear();
    this.#complete = true;
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

const NONE: number[] = [];
// The node that runs it.
const SUPERVISOR = 0;
