import type { NodeId } from '../base/node-id.js';
import { CLUSTER } from '../cluster/cluster.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import type { NodeIdentity } from '../cluster/handshake-message.js';
import {
  type FencedStart,
  SPAWN_GATE,
  type SpawnGate,
  StaleFenceError,
  type StartChild,
} from '../cluster/spawn-gate.js';
import type { GenServerRef } from '../otp/behavior.js';
import type { Process } from '../runtime/process.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';
import { type Fence, compareFences, fenceKey } from './fence.js';

/** A child that runs here, as its host reports it to its owner's node. */
export interface ReportedChild {
  readonly childId: string;
  readonly fence: Fence;
}

/** Whether a supervisor of this node still wants the child under that fence. */
export type IsWanted = (child: ReportedChild) => boolean;

interface HostedChild extends FencedStart {
  readonly starting: Promise<GenServerRef>;
  process: Process | undefined;
  /** Taken back while its `init` ran. */
  ended: boolean;
}

/**
 * The children that run on this node for supervisors anywhere, each under its fence.
 *
 * A start that is older than one already seen for the child is refused; a newer one ends the older
 * incarnation first. When a link to the owner's node comes back, this node reports what it runs,
 * and ends what the owner does not want any more before it hears anything else from there.
 */
export class ChildHost implements SpawnGate {
  readonly #runtime: Runtime;
  readonly #hosted = new Map<string, HostedChild>();
  readonly #byChild = new Map<string, HostedChild>();
  #isWanted: IsWanted = () => false;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    runtime.use(SPAWN_GATE).gate = this;
    runtime.use(CLUSTER).attach((node) => this.#attach(node));
  }

  /** Who answers for the supervisors of this node. */
  judge(isWanted: IsWanted): void {
    this.#isWanted = isWanted;
  }

  admit(start: FencedStart, run: StartChild): Promise<GenServerRef> {
    const key = fenceKey(start.fence);
    const known = this.#hosted.get(key);
    // Asked again after the link was replaced: the first asking counts.
    if (known !== undefined) return known.starting;
    const { childId, fence } = start;
    const present = this.#byChild.get(childKey(start));
    if (present !== undefined && compareFences(fence, present.fence) < 0) {
      return Promise.reject(new StaleFenceError(childId, fence.sequence));
    }
    if (present !== undefined) this.#end(present);
    return this.#start(key, start, run);
  }

  /** Ends the child under this fence, whether it runs or is just starting. */
  end(fence: Fence): void {
    const child = this.#hosted.get(fenceKey(fence));
    if (child !== undefined) this.#end(child);
  }

  #start(key: string, start: FencedStart, run: StartChild): Promise<GenServerRef> {
    const child: HostedChild = {
      ...start,
      process: undefined,
      ended: false,
      starting: run().then(
        ({ ref, process }) => {
          this.#started(key, child, process);
          return ref;
        },
        (error: unknown) => {
          this.#forget(key, child);
          throw error;
        },
      ),
    };
    this.#hosted.set(key, child);
    this.#byChild.set(childKey(start), child);
    return child.starting;
  }

  #started(key: string, child: HostedChild, process: Process): void {
    const { childId, fence } = child;
    child.process = process;
    const fields = { childId, ...fence, processId: process.id };
    this.#runtime.probe?.({ kind: 'fact', topic: 'fenced_started', fields });
    process.onExit = () => {
      this.#runtime.probe?.({ kind: 'fact', topic: 'fenced_ended', fields });
      this.#forget(key, child);
    };
    if (child.ended) {
      process.finish('killed');
      throw new StaleFenceError(childId, fence.sequence);
    }
    // It may have ended in the very turn in which it started.
    if (!process.alive) this.#forget(key, child);
  }

  #end(child: HostedChild): void {
    child.ended = true;
    child.process?.finish('killed');
  }

  #forget(key: string, child: HostedChild): void {
    if (this.#hosted.get(key) !== child) return;
    this.#hosted.delete(key);
    if (this.#byChild.get(childKey(child)) === child) this.#byChild.delete(childKey(child));
  }

  #attach(node: ClusterNode): void {
    node.onJoin(TOPIC, {
      offer: (peer) => this.#reportTo(peer.nodeId),
      accept: (peer, offered) => this.#judge(node, peer, offered as readonly ReportedChild[]),
    });
    node.onControl(TOPIC, (_from, payload) => {
      for (const fence of payload as readonly Fence[]) this.end(fence);
    });
  }

  #reportTo(owner: NodeId): ReportedChild[] {
    return [...this.#hosted.values()]
      .filter((child) => child.owner === owner)
      .map(({ childId, fence }) => ({ childId, fence }));
  }

  #judge(node: ClusterNode, host: NodeIdentity, reported: readonly ReportedChild[]): void {
    const stale = reported.filter((child) => !this.#isWanted(child)).map(({ fence }) => fence);
    if (stale.length > 0) endOn(node, host.nodeId, stale);
  }
}

/** Has the children under these fences ended on their host. */
export function endOn(node: ClusterNode, host: NodeId, fences: readonly Fence[]): void {
  node.sendControl(host, TOPIC, fences);
}

function childKey({ childId, fence }: { childId: string; fence: Fence }): string {
  return `${fence.ownerId} ${childId}`;
}

const TOPIC = 'children';

export const CHILD_HOST: ServiceKey<ChildHost> = {
  name: 'child host',
  create: (runtime) => new ChildHost(runtime),
};
