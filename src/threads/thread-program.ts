// What runs in the thread of a thread node.
import { parentPort, workerData } from 'node:worker_threads';
import { type Deferred, deferred } from '../base/deferred.js';
import { toError } from '../base/errors.js';
import { NodeId } from '../base/node-id.js';
import { BEHAVIORS } from '../cluster/behavior-registry.js';
import { addressOf, checkConfig } from '../cluster/cluster-config.js';
import { CLUSTER } from '../cluster/cluster.js';
import { here } from '../runtime/default-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import { Cluster } from './cluster.js';
import { type Entrance, enter, entranceWith } from './near-cluster.js';
import { NearPorts } from './near-ports.js';
import { failureOf } from './offload-thread.js';
import { END_TIMEOUT_MS, endInOrder } from './orderly-end.js';
import { THREAD_HOST } from './thread-host.js';
import { type FromThread, STOP_TOPIC, type ThreadPlan, type ToThread } from './thread-message.js';
import type { ThreadModule } from './thread-options.js';

/** Makes a node of this thread. Never rejects: the host is told what went wrong. */
export async function runThread(load: (module: string) => Promise<unknown>): Promise<void> {
  const plan = workerData as ThreadPlan;
  const runtime = here();
  runtime.use(THREAD_HOST).becomeThread();
  let stage: Extract<FromThread, { kind: 'failed' }>['stage'] = 'module';
  try {
    const module = readModule(await load(plan.module));
    for (const [name, behavior] of Object.entries(module.behaviors ?? {})) {
      runtime.use(BEHAVIORS).register(name, behavior);
    }
    stage = 'join';
    await join(runtime, plan);
    stage = 'setup';
    runtime.enter(undefined);
    await module.setup?.(Cluster, plan.args);
    say({ kind: 'ready' });
  } catch (thrown) {
    say({ kind: 'failed', stage, error: failureOf(toError(thrown)) });
  }
}

async function join(runtime: Runtime, { cluster, listens, host }: ThreadPlan): Promise<void> {
  const { nodeName, port } = cluster;
  const near = new NearPorts(runtime.platform, `thread:${port}`);
  const introduced = deferred<void>();
  listenToHost(runtime, near, introduced);
  const entrance: Entrance = listens
    ? await entranceWith(near, cluster, runtime)
    : { ...cluster, port: port ?? 0, transport: near.transport };
  checkConfig(entrance);
  const advertised = entrance.advertiseHost ?? entrance.host ?? '';
  say({ kind: 'bound', nodeId: NodeId.create(nodeName, advertised, entrance.port) });
  await introduced.promise;
  const met = deferred<void>();
  const unsubscribe = runtime.use(CLUSTER).onNodeUp(({ id }) => {
    if (addressOf(id) === addressOf(host)) met.resolve();
  });
  runtime.use(CLUSTER).attach((node) => {
    node.onControl(STOP_TOPIC, ({ nodeId }) => {
      if (nodeId === host) leave(runtime);
    });
  });
  await enter(runtime, entrance);
  await met.promise;
  unsubscribe();
}

function listenToHost(runtime: Runtime, near: NearPorts, introduced: Deferred<void>): void {
  parentPort?.on('message', (message: ToThread) => {
    if (message.kind === 'port') near.add(message.address, message.port);
    else if (message.kind === 'join') introduced.resolve();
    else leave(runtime);
  });
}

function leave(runtime: Runtime): void {
  void endInOrder(runtime, { timeoutMs: END_TIMEOUT_MS }).then(() => process.exit(0));
}

function readModule(exported: unknown): ThreadModule {
  const { behaviors, setup } = exported as { behaviors?: unknown; setup?: unknown };
  if (behaviors === undefined && setup === undefined) {
    throw new TypeError('it exports neither of them');
  }
  if (behaviors !== undefined && (typeof behaviors !== 'object' || behaviors === null)) {
    throw new TypeError('behaviors is no object with behaviours by name');
  }
  if (setup !== undefined && typeof setup !== 'function') {
    throw new TypeError('setup is no function');
  }
  return exported as ThreadModule;
}

function say(message: FromThread): void {
  parentPort?.postMessage(message);
}
