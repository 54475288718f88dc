import type { FenceOwner } from '../base/fence.js';
import type { NodeId } from '../base/node-id.js';
import { CLUSTER } from '../cluster/cluster.js';
import { call } from '../otp/call.js';
import { stopServer } from '../otp/gen-server.js';
import { NodeNotReachableError, ServerNotRunningError } from '../runtime/call-error.js';
import type { Runtime } from '../runtime/runtime.js';
import { DistributedSupervisorError } from './distributed-error.js';
import type { DistributedSupervisorRef } from './distributed-event.js';
import { NODE_SUPERVISORS, type NodeSupervisors } from './node-supervisors.js';
import { REPLICAS, type SupervisorReplicas, isLife } from './replicas.js';
import type { SupervisorOrder } from './supervisor-order.js';
import { type SupervisorView, viewOfHost, viewOfRecord } from './supervisor-view.js';

/** Finds supervisors by their ids, whichever node has them now, and speaks to them. */
export class SupervisorReach {
  readonly #runtime: Runtime;
  readonly #here: NodeSupervisors;
  readonly #replicas: SupervisorReplicas;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#here = runtime.use(NODE_SUPERVISORS);
    this.#replicas = runtime.use(REPLICAS);
  }

  /** Every supervisor that this node knows of. */
  all(): readonly DistributedSupervisorRef[] {
    const ids = new Set([...this.#here.ids(), ...this.#replicas.heldIds()]);
    return [...ids].flatMap((id) => {
      const owner = this.#replicas.ownerOf(id)?.ownerNode ?? this.#runtime.nodeId;
      return owner === undefined ? [] : { id, nodeId: owner as NodeId };
    });
  }

  /** Whether it runs, here or on a node that is not given up. */
  isRunning(id: string): boolean {
    if (this.#here.host(id) !== undefined) return true;
    const owner = this.#replicas.held(id)?.record.head.owner;
    return owner !== undefined && this.#isMember(owner);
  }

  /** Throws DistributedSupervisorError when it is not known. */
  view(id: string): SupervisorView {
    const host = this.#here.host(id);
    if (host !== undefined) return viewOfHost(host);
    const held = this.#replicas.held(id);
    if (held === undefined) throw this.#unknown(id);
    return viewOfRecord(held.record, this.#runtime.use(CLUSTER).node.codec);
  }

  /**
   * Asks the supervisor and resolves to its answer. Rejects with its refusal, and with
   * DistributedSupervisorError when it cannot be asked, or is lost before it answers: then nobody
   * knows whether it was done.
   */
  async ask(ref: DistributedSupervisorRef, order: SupervisorOrder): Promise<unknown> {
    const { id } = ref;
    for (;;) {
      const nodeId = this.#nodeOf(ref);
      try {
        return await call(this.#runtime, { id, nodeId }, order, { timeout: Infinity });
      } catch (error) {
        if (error instanceof NodeNotReachableError) throw this.#lost(id, nodeId, error);
        if (!(error instanceof ServerNotRunningError)) throw error;
        // It was not there any more, and so it did nothing.
        if (this.#knownNodeOf(ref) === nodeId) throw this.#gone(id, nodeId);
      }
    }
  }

  /** Resolves once it has ended; at once when nobody has it. */
  async stop(ref: DistributedSupervisorRef, reason: 'normal' | 'shutdown'): Promise<void> {
    const { id } = ref;
    if (this.#knownNodeOf(ref) === undefined) return;
    const nodeId = this.#nodeOf(ref);
    try {
      await stopServer(this.#runtime, { id, nodeId }, reason);
    } catch (error) {
      throw error instanceof NodeNotReachableError ? this.#lost(id, nodeId, error) : error;
    }
  }

  /** The node to ask; it can be reached. */
  #nodeOf(ref: DistributedSupervisorRef): NodeId {
    const nodeId = this.#knownNodeOf(ref);
    if (nodeId === undefined) throw this.#unknown(ref.id);
    if (this.#runtime.use(CLUSTER).node.isConnected(nodeId)) return nodeId;
    const why = `its node ${nodeId} is out of reach, and nothing was asked; ask again later`;
    throw new DistributedSupervisorError(ref.id, why);
  }

  /** A ref may be older than what is known here; one that came by another way may be newer. */
  #knownNodeOf({ id, nodeId }: DistributedSupervisorRef): NodeId | undefined {
    if (this.#here.host(id) !== undefined) return this.#runtime.nodeId;
    const owner = this.#replicas.ownerOf(id)?.ownerNode as NodeId | undefined;
    if (owner !== undefined) return owner;
    const { running } = this.#runtime.use(CLUSTER);
    return running?.member(nodeId) === undefined ? undefined : nodeId;
  }

  #isMember(owner: FenceOwner): boolean {
    const member = this.#runtime.use(CLUSTER).running?.member(owner.ownerNode as NodeId);
    return member !== undefined && isLife(owner, member);
  }

  #unknown(id: string): Error {
    const why = 'this node knows of no such supervisor';
    return this.#here.exceeded(id) ?? new DistributedSupervisorError(id, why);
  }

  #gone(id: string, nodeId: NodeId): Error {
    const why = `it is not on ${nodeId} now, and nothing was done; it ended, or is on its way`;
    return this.#here.exceeded(id) ?? new DistributedSupervisorError(id, why);
  }

  #lost(id: string, nodeId: NodeId, cause: Error): Error {
    const why =
      `the way to its node ${nodeId} broke before it answered: whether it was done is unknown; ` +
      'look at its children before you ask again';
    return new DistributedSupervisorError(id, why, cause);
  }
}
