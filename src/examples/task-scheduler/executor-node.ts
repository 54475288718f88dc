import {
  BehaviorRegistry,
  Cluster,
  DistributedSupervisor,
  type DistributedSupervisorRef,
  GlobalRegistry,
} from '../../index.js';
import { joinCluster } from '../cluster-member.js';
import type { Terminal } from '../terminal.js';
import { executor } from './executor.js';
import { EXECUTOR, SCHEDULER } from './scheduler-message.js';

export interface ExecutorNodeOptions {
  readonly nodeName: string;
  readonly port: number;
  readonly seeds: readonly string[];
}

/** A node with executors, from its start to its end. */
export async function runExecutorNode(
  { nodeName, port, seeds }: ExecutorNodeOptions,
  terminal: Terminal,
): Promise<void> {
  BehaviorRegistry.register(
    EXECUTOR,
    executor((id, { name, key }) => {
      const again = key.attempt === 1 ? '' : ` (attempt ${key.attempt})`;
      terminal.show(`[${id}] Executing task: ${name}${again}`);
    }),
  );
  const end = terminal.untilSignal();
  await joinCluster({ nodeName, port, seeds }, terminal.show);
  terminal.show(`Executor node started: ${Cluster.getLocalNodeId()}`);
  const supervisor = await startExecutors(nodeName);
  terminal.show(`Started ${EXECUTORS} executors`);
  // They look for it by themselves, as often as it takes.
  GlobalRegistry.on('registered', (name) => {
    if (name === SCHEDULER) terminal.show('Executors connected to scheduler');
  });
  if (GlobalRegistry.isRegistered(SCHEDULER)) terminal.show('Executors connected to scheduler');
  await end;
  terminal.show('\nShutting down executor node...');
  await DistributedSupervisor.stop(supervisor);
  await Cluster.stop();
}

/** Executors of this node, all alike: one that crashes is started again. */
export async function startExecutors(
  nodeName: string,
  count = EXECUTORS,
): Promise<DistributedSupervisorRef> {
  const supervisor = await DistributedSupervisor.start({
    strategy: 'simple_one_for_one',
    childTemplate: { behavior: EXECUTOR, restart: 'transient', nodeSelector: 'local_first' },
    restartIntensity: { maxRestarts: 100, withinMs: 60_000 },
  });
  for (let number = 1; number <= count; number++) {
    await DistributedSupervisor.startChild(supervisor, [{ id: `${nodeName}-executor-${number}` }]);
  }
  return supervisor;
}

const EXECUTORS = 3;
