import type { NodeId } from '../../base/node-id.js';
import { call } from '../../otp/call.js';
import { startServer } from '../../otp/gen-server.js';
import type { GenServerRef } from '../../otp/behavior.js';
import { Runtime } from '../../runtime/runtime.js';
import { type LoggedPlatform, loggedPlatform, until } from '../../transport/testing/real-ends.js';
import { BEHAVIORS } from '../behavior-registry.js';
import { CLUSTER, type ClusterService } from '../cluster.js';
import { addressOf, type ClusterOptions } from '../cluster-config.js';
import { counter } from './cluster-world.js';

/** A node of this process at a port of its own, over real TCP. */
export interface TcpNode extends LoggedPlatform {
  readonly runtime: Runtime;
  readonly cluster: ClusterService;
  readonly id: NodeId;
  readonly address: string;
}

export async function tcpNode(options: ClusterOptions): Promise<TcpNode> {
  const logged = loggedPlatform();
  const runtime = new Runtime(logged.platform);
  const cluster = runtime.use(CLUSTER);
  runtime.use(BEHAVIORS).register('counter', counter);
  await cluster.start({ port: 0, ...options });
  const id = cluster.node.self.nodeId;
  return { ...logged, runtime, cluster, id, address: addressOf(id) };
}

/** Resolves when the two can send to each other. */
export function met(one: TcpNode, other: TcpNode): Promise<void> {
  return until(
    () => one.cluster.node.isConnected(other.id) && other.cluster.node.isConnected(one.id),
  );
}

/** Somebody who calls a server of another node all the time. */
export interface Pesterer {
  /** Calls that were answered. */
  readonly answered: number;
  /** What went wrong with the others. */
  readonly failures: readonly unknown[];
  /** The longest that an answer took, in milliseconds. */
  readonly longestMs: number;
  stop(): Promise<void>;
}

export async function pester(from: TcpNode, node: TcpNode): Promise<Pesterer> {
  const ref: GenServerRef = await startServer(node.runtime, counter);
  const to = { id: ref.id, nodeId: node.id };
  const { clock } = from.platform;
  const state = { answered: 0, failures: [] as unknown[], longestMs: 0, isStopped: false };
  const calling = (async () => {
    while (!state.isStopped) {
      const startMs = clock.nowMs();
      await call(from.runtime, to, 'hello').then(
        () => (state.answered += 1),
        (error: unknown) => state.failures.push(error),
      );
      state.longestMs = Math.max(state.longestMs, clock.nowMs() - startMs);
      await new Promise((resolve) => void from.platform.timers.after(1, () => resolve(undefined)));
    }
  })();
  const stop = async (): Promise<void> => {
    state.isStopped = true;
    await calling;
  };
  return Object.assign(state, { stop });
}
