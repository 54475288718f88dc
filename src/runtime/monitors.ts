import type { NodeId } from '../base/node-id.js';
import type { Address } from './address.js';
import type { ExitReason } from './exit-reason.js';

interface Watch {
  readonly watcher: string;
  readonly target: Address;
  readonly notify: DownListener;
}

/** Hears of the end of a watched process, once; possibly before `monitor` has returned. */
export type DownListener = (reason: ExitReason, monitorId: string) => void;

/**
 * The monitors that processes of this node hold. Each is answered exactly once, by the DOWN of its
 * target or by the loss of its target's node, whichever is known first; what comes after is stale.
 */
export class Monitors {
  readonly #watches = new Map<string, Watch>();
  readonly #byWatcher = new Map<string, Set<string>>();

  get size(): number {
    return this.#watches.size;
  }

  add(monitorId: string, watch: Watch): void {
    this.#watches.set(monitorId, watch);
    const held = this.#byWatcher.get(watch.watcher);
    if (held === undefined) this.#byWatcher.set(watch.watcher, new Set([monitorId]));
    else held.add(monitorId);
  }

  /** Answers the monitor. False when it is not outstanding: the DOWN was stale. */
  down(monitorId: string, reason: ExitReason): boolean {
    const watch = this.#take(monitorId);
    watch?.notify(reason, monitorId);
    return watch !== undefined;
  }

  /** Gives the monitor up; its target, when it was outstanding. */
  remove(monitorId: string): Address | undefined {
    return this.#take(monitorId)?.target;
  }

  /** Gives up all that `watcher` holds; what was outstanding. */
  removeAllOf(watcher: string): { monitorId: string; target: Address }[] {
    const held = this.#byWatcher.get(watcher);
    if (held === undefined) return [];
    return [...held].map((monitorId) => ({
      monitorId,
      target: (this.#take(monitorId) as Watch).target,
    }));
  }

  /** The node is lost: every monitor on one of its processes is answered. */
  nodeLost(nodeId: NodeId): void {
    const lost = [...this.#watches].filter(([, watch]) => watch.target.nodeId === nodeId);
    for (const [monitorId] of lost) this.down(monitorId, 'noconnection');
  }

  /** The monitors on processes of `nodeId`. */
  allOn(nodeId: NodeId): { monitorId: string; watcher: string; target: Address }[] {
    return [...this.#watches]
      .filter(([, watch]) => watch.target.nodeId === nodeId)
      .map(([monitorId, { watcher, target }]) => ({ monitorId, watcher, target }));
  }

  /** Whom `watcher` watches, once for each monitor, in the order they were made. */
  targetsOf(watcher: string): Address[] {
    const held = [...(this.#byWatcher.get(watcher) ?? [])];
    return held.map((monitorId) => (this.#watches.get(monitorId) as Watch).target);
  }

  /** How many monitors `watcher` holds. */
  countOf(watcher: string): number {
    return this.#byWatcher.get(watcher)?.size ?? 0;
  }

  #take(monitorId: string): Watch | undefined {
    const watch = this.#watches.get(monitorId);
    if (watch === undefined) return undefined;
    this.#watches.delete(monitorId);
    const held = this.#byWatcher.get(watch.watcher);
    held?.delete(monitorId);
    if (held?.size === 0) this.#byWatcher.delete(watch.watcher);
    return watch;
  }
}
