import { type Deferred, deferred } from '../base/deferred.js';
import type { NodeId } from '../base/node-id.js';
import { CLUSTER } from '../cluster/cluster.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import { malformedFrame } from '../cluster/frame-error.js';
import { CallTimeoutError, NodeNotReachableError } from '../runtime/call-error.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';

export type DrainListener = (nodeId: NodeId, isDrained: boolean) => void;

interface Wait extends Deferred<void> {
  readonly nodeId: NodeId;
  readonly isDrained: boolean;
}

/**
 * Which nodes take no more children, because they are about to leave.
 *
 * Each node alone decides on itself, when asked to, and tells the others, newcomers included; so
 * there is nothing to agree on, and a node that was restarted is like any other.
 */
export class Drains {
  readonly #runtime: Runtime;
  readonly #drained = new Set<NodeId>();
  readonly #listeners = new Set<DrainListener>();
  readonly #waiting = new Set<Wait>();
  #node: ClusterNode | undefined;
  /** Whether there is anything that others would have to know. */
  #hasSpoken = false;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    runtime.use(CLUSTER).attach((node) => this.#attach(node));
  }

  has(nodeId: NodeId): boolean {
    return this.#drained.has(nodeId);
  }

  all(): readonly NodeId[] {
    return [...this.#drained];
  }

  listen(listener: DrainListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Has a node take no more children, or take them again; resolves when it has said that it does.
   * Rejects with NodeNotReachableError or CallTimeoutError.
   */
  async ask(nodeId: NodeId, isDrained: boolean): Promise<void> {
    const { node } = this.#runtime.use(CLUSTER);
    if (nodeId === node.self.nodeId) {
      this.#decide(isDrained);
      return;
    }
    if (node.sendControl(nodeId, TOPIC, { ask: isDrained }) !== 'sent') {
      throw new NodeNotReachableError(nodeId);
    }
    const wait: Wait = { ...deferred<void>(), nodeId, isDrained };
    this.#waiting.add(wait);
    const timer = this.#runtime.platform.timers.after(ANSWER_TIMEOUT_MS, () => {
      this.#waiting.delete(wait);
      wait.reject(new CallTimeoutError(`the drain of ${nodeId}`, ANSWER_TIMEOUT_MS));
    });
    await wait.promise.finally(() => timer.cancel());
  }

  #attach(node: ClusterNode): void {
    this.#node = node;
    node.onControl(TOPIC, ({ nodeId }, payload) => {
      const { ask, say } = (payload ?? {}) as { ask?: unknown; say?: unknown };
      if (typeof ask === 'boolean') this.#decide(ask);
      else if (typeof say === 'boolean') this.#heard(nodeId, say);
      else throw malformedFrame('a message about drained nodes that is none');
    });
    node.listen({
      up: ({ nodeId }) => this.#tell(nodeId),
      reconciled: ({ nodeId }) => this.#tell(nodeId),
      down: ({ nodeId }) => {
        // The next life of the node decides anew.
        this.#drained.delete(nodeId);
        this.#giveUp(nodeId);
      },
      left: () => {
        this.#node = undefined;
        this.#hasSpoken = false;
        this.#drained.clear();
        for (const { nodeId } of [...this.#waiting]) this.#giveUp(nodeId);
      },
    });
  }

  #decide(isDrained: boolean): void {
    const node = this.#node;
    if (node === undefined) return;
    this.#hasSpoken = true;
    this.#note(node.self.nodeId, isDrained);
    for (const { id } of node.connectedNodes()) this.#tell(id);
  }

  #tell(nodeId: NodeId): void {
    const node = this.#node;
    if (node === undefined || !this.#hasSpoken) return;
    node.sendControl(nodeId, TOPIC, { say: this.has(node.self.nodeId) });
  }

  #heard(nodeId: NodeId, isDrained: boolean): void {
    this.#note(nodeId, isDrained);
    for (const wait of [...this.#waiting]) {
      // A word that crossed the question is no answer to it.
      if (wait.nodeId !== nodeId || wait.isDrained !== isDrained) continue;
      this.#waiting.delete(wait);
      wait.resolve();
    }
  }

  #giveUp(nodeId: NodeId): void {
    for (const wait of [...this.#waiting]) {
      if (wait.nodeId !== nodeId) continue;
      this.#waiting.delete(wait);
      wait.reject(new NodeNotReachableError(nodeId));
    }
  }

  #note(nodeId: NodeId, isDrained: boolean): void {
    if (this.has(nodeId) === isDrained) return;
    if (isDrained) this.#drained.add(nodeId);
    else this.#drained.delete(nodeId);
    for (const listener of [...this.#listeners]) listener(nodeId, isDrained);
  }
}

const TOPIC = 'drains';
const ANSWER_TIMEOUT_MS = 5000;

export const DRAINS: ServiceKey<Drains> = {
  name: 'drained nodes',
  create: (runtime) => new Drains(runtime),
};
