import type { NodeId } from '../../base/node-id.js';
import type { AnyBehavior } from '../../otp/behavior.js';
import { runVirtual, sleep } from '../../platform/run-virtual.js';
import type { Clock } from '../../platform/platform.js';
import type { VirtualPlatform } from '../../platform/virtual-platform.js';
import type { Transport } from '../../platform/transport.js';
import { Runtime } from '../../runtime/runtime.js';
import { MemoryNetwork } from '../../transport/memory.js';
import { BEHAVIORS } from '../behavior-registry.js';
import { CLUSTER, type ClusterService } from '../cluster.js';
import type { ClusterOptions } from '../cluster-config.js';
import type { Freezer } from './freezer.js';

export interface TestNode {
  readonly runtime: Runtime;
  readonly cluster: ClusterService;
  readonly id: NodeId;
  readonly address: string;
  readonly options: ClusterOptions;
}

export interface JoinSettings extends Pick<ClusterOptions, 'globalNames' | 'labels'> {
  readonly life?: bigint;
  readonly transport?: Transport;
  readonly freezer?: Freezer;
  /** Runs before the node joins. */
  readonly before?: (runtime: Runtime) => void;
  /** A clock of its own; the timers go by the world's. */
  readonly clock?: Clock;
}

/** Nodes `n1`, `n2`, ... in one thread and virtual time, over a network that can be severed. */
export interface ClusterWorld {
  readonly platform: VirtualPlatform;
  readonly network: MemoryNetwork;
  readonly nodes: TestNode[];
  /** Makes node `n<port>` and joins it to the first one. */
  join(port: number, how?: JoinSettings): Promise<TestNode>;
  /** Breaks the links between two nodes. They dial again at once. */
  sever(first: TestNode, second: TestNode): void;
  /** Lets virtual time pass. */
  pass(delayMs: number): Promise<void>;
  /** What was logged as an error. */
  errors(): readonly string[];
}

/** A test body in a world of `count` joined nodes, each with the behaviour `counter`. */
export function inCluster(count: number, body: (world: ClusterWorld) => Promise<void>) {
  return (): Promise<void> =>
    runVirtual(async (platform) => {
      const network = new MemoryNetwork(platform, { latencyMs: 1 });
      const nodes: TestNode[] = [];
      const world: ClusterWorld = {
        platform,
        network,
        nodes,
        join: async (
          port,
          { life = 1n, transport, freezer, clock = platform.clock, before, ...others } = {},
        ) => {
          const address = `127.0.0.1:${port}`;
          const { random, entropy, log, store } = platform;
          const timers = freezer?.timers(platform.timers) ?? platform.timers;
          const runQueue = freezer?.runQueue(platform.runQueue) ?? platform.runQueue;
          const parts = { clock, timers, random, entropy, runQueue, log, store };
          const runtime = new Runtime({ ...parts, incarnation: life });
          const cluster = runtime.use(CLUSTER);
          runtime.use(BEHAVIORS).register('counter', counter);
          const options: ClusterOptions = {
            nodeName: `n${port}`,
            port,
            seeds: nodes.length === 0 ? [] : [(nodes[0] as TestNode).id],
            transport: transport ?? network.transport(address),
            ...others,
          };
          before?.(runtime);
          await cluster.start(options);
          const node = { runtime, cluster, id: cluster.node.self.nodeId, address, options };
          nodes.push(node);
          return node;
        },
        sever: (first, second) => network.sever(first.address, second.address),
        pass: (delayMs) => sleep(platform, delayMs),
        errors: () =>
          platform.logged.filter(({ level }) => level === 'error').map(({ message }) => message),
      };
      for (let port = 1; port <= count; port++) await world.join(port);
      await world.pass(100);
      await body(world);
    });
}

/** Adds up casts, gives the sum to `get`, crashes on `boom`, hangs on `hang`, echoes the rest. */
export const counter: AnyBehavior = {
  init: (start = 0) => start as number,
  handleCall: (message: unknown, count: number) => {
    if (message === 'boom') throw new RangeError('boom');
    if (message === 'hang') return new Promise<never>(() => undefined);
    return [message === 'get' ? count : message, count];
  },
  handleCast: (by: number, count: number) => count + by,
};
