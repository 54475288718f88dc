import { BEHAVIORS } from '../../cluster/behavior-registry.js';
import { Freezer } from '../../cluster/testing/freezer.js';
import { HoldingTransport } from '../../cluster/testing/holding-transport.js';
import {
  type ClusterWorld,
  type TestNode,
  inCluster,
} from '../../cluster/testing/cluster-world.js';
import type { AnyBehavior } from '../../otp/behavior.js';
import type { Context } from '../../otp/context.js';
import type { Runtime } from '../../runtime/runtime.js';
import type { DistributedChildSpec } from '../distributed-child.js';
import type { DistributedSupervisorEvent } from '../distributed-event.js';
import { DISTRIBUTED_SUPERVISORS, type DistributedSupervisors } from '../distributed-supervisor.js';

export interface HostNode extends TestNode {
  readonly supervisors: DistributedSupervisors;
  readonly transport: HoldingTransport;
  /** Stops the node, and lets it go on. */
  readonly freezer: Freezer;
}

export interface SupervisionWorld {
  readonly cluster: ClusterWorld;
  readonly nodes: HostNode[];
  /** Lifecycle events of all nodes, as told. */
  readonly events: DistributedSupervisorEvent[];
  /** Every start of a child, as `w1@n2`, in order. */
  readonly starts: string[];
  /** Children that run on nodes that have not crashed, as `w1@n2`, sorted; twins twice. */
  living(): string[];
  /** As in `ClusterWorld`, and it hosts children. */
  join(port: number, life?: bigint, labels?: readonly string[]): Promise<HostNode>;
  /** The process of a node dies: its links close and nobody answers at its address. */
  crash(node: HostNode): Promise<void>;
  pass(delayMs: number): Promise<void>;
  sever(first: HostNode, second: HostNode): void;
}

/** A test body in a world of `count` joined nodes that host `worker` children. */
export function inSupervision(count: number, body: (world: SupervisionWorld) => Promise<void>) {
  return inCluster(0, async (cluster) => {
    const nodes: HostNode[] = [];
    const events: DistributedSupervisorEvent[] = [];
    const starts: string[] = [];
    const living = new Map<string, string>();
    const join: SupervisionWorld['join'] = async (port, life = 1n, labels = []) => {
      const freezer = new Freezer();
      const wire = freezer.transport(cluster.network.transport(`127.0.0.1:${port}`));
      const transport = new HoldingTransport(wire);
      const node = await cluster.join(port, { life, transport, freezer, labels });
      const { runtime } = node;
      runtime.use(BEHAVIORS).register('worker', workerOn(runtime));
      runtime.probe = (event) => {
        if (event.kind !== 'fact') return;
        const { childId, processId } = event.fields as Record<string, string>;
        const place = `${childId}@n${port}`;
        if (event.topic === 'fenced_started') {
          starts.push(place);
          living.set(`${life} ${processId}`, place);
        } else if (event.topic === 'fenced_ended') {
          living.delete(`${life} ${processId}`);
        }
      };
      const supervisors = runtime.use(DISTRIBUTED_SUPERVISORS);
      supervisors.onLifecycleEvent((event) => events.push(event));
      const host: HostNode = { ...node, supervisors, transport, freezer };
      nodes.push(host);
      return host;
    };
    for (let port = 1; port <= count; port++) await join(port);
    await cluster.pass(100);
    await body({
      cluster,
      nodes,
      events,
      starts,
      living: () => [...living.values()].sort(),
      join,
      crash: async (node) => {
        // Nothing that its processes say at their end leaves it any more.
        const closed = node.transport.close();
        for (const process of [...node.runtime.processes]) process.finish('killed');
        await closed;
      },
      pass: cluster.pass,
      sever: (first, second) => cluster.sever(first, second),
    });
  });
}

/** A child spec of behaviour `worker`. */
export function spec(id: string, extra: Partial<DistributedChildSpec> = {}): DistributedChildSpec {
  return { id, behavior: 'worker', args: [{}], ...extra };
}

/** What the `init` of a worker may be told to do. */
export interface WorkerOrder {
  readonly initMs?: number;
  /** Ends, in its first turn after `init`. */
  readonly endAtOnce?: boolean;
  readonly failInit?: string;
}

/** Answers calls with its node; `boom` crashes it, a cast ends it in good order. */
function workerOn(runtime: Runtime): AnyBehavior {
  return {
    init: ({ initMs = 0, endAtOnce = false, failInit }: WorkerOrder) => {
      if (failInit !== undefined) throw new Error(failInit);
      if (endAtOnce) runtime.running?.post({ kind: 'stop', reason: 'normal' });
      if (initMs === 0) return null;
      return new Promise((resolve) => {
        runtime.platform.timers.after(initMs, () => resolve(null));
      });
    },
    handleCall: (message: unknown, state: null) => {
      if (message === 'boom') throw new Error('boom');
      return [runtime.nodeId, state];
    },
    handleCast: (_message: unknown, state: null, context: Context) => {
      context.stop();
      return state;
    },
  };
}
