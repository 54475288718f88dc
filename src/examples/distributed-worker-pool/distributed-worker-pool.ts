/**
 * A pool that runs by itself: `distributed-worker-pool.ts coordinator 4369` gives out a task a
 * second, `distributed-worker-pool.ts worker1 4370 coordinator@localhost:4369` is a node for it.
 */
import {
  BehaviorRegistry,
  Cluster,
  DistributedSupervisor,
  type DistributedSupervisorEvent,
} from '../../index.js';
import { joinCluster, portOf, runProgram } from '../cluster-member.js';
import { Terminal } from '../terminal.js';
import { pause, repeatedly, wallMs } from '../world.js';
import { PushPool } from './push-pool.js';
import { PUSH_WORKER, pushWorker } from './push-worker.js';

const terminal = new Terminal();

async function main(): Promise<void> {
  const [nodeName = 'node1', port, ...seeds] = process.argv.slice(2);
  BehaviorRegistry.register(PUSH_WORKER, pushWorker);
  DistributedSupervisor.onLifecycleEvent(tell);
  await joinCluster({ nodeName, port: portOf(port, 4369), seeds }, terminal.show);
  terminal.show(`Node started: ${Cluster.getLocalNodeId()}`);
  const end = terminal.untilSignal();
  if (nodeName === 'coordinator') await coordinate(end);
  else await serve(end);
  await Cluster.stop();
}

async function serve(end: Promise<string>): Promise<void> {
  terminal.show('Worker node ready, waiting for tasks...');
  await end;
  terminal.show('\nShutting down worker node...');
}

async function coordinate(end: Promise<string>): Promise<void> {
  terminal.show('Waiting for worker nodes to join...');
  const early = await Promise.race([end, pause(JOIN_MS)]);
  if (early !== undefined) return;
  const pool = await PushPool.start({ workerCount: WORKERS });
  terminal.show(`Worker pool started with ${WORKERS} workers`, 'Worker distribution:');
  for (const [nodeId, count] of pool.distribution) terminal.show(`  ${nodeId}: ${count} workers`);
  let submitted = 0;
  const stops = [
    repeatedly(TASK_EVERY_MS, () => {
      submitted += 1;
      void showTask(pool, `task-${submitted}`);
    }),
    repeatedly(STATS_EVERY_MS, () => void showStats(pool)),
  ];
  await end;
  terminal.show('\nShutting down...');
  for (const stop of stops) stop();
  await pool.stop();
}

async function showTask(pool: PushPool, id: string): Promise<void> {
  try {
    const result = await pool.submit({ id, payload: `Data ${wallMs()}` });
    const line = result.success ? `: ${result.result}` : ` failed: ${result.error}`;
    terminal.show(`[TASK] ${id}${line}`);
  } catch (error) {
    terminal.show(`[TASK] Error: ${(error as Error).message}`);
  }
}

async function showStats(pool: PushPool): Promise<void> {
  const { workerCount, totalProcessed, totalFailed, distribution } = await pool.stats();
  terminal.show(
    '\n--- Pool Stats ---',
    `Workers: ${workerCount}`,
    `Processed: ${totalProcessed}, Failed: ${totalFailed}`,
    'Distribution:',
    ...[...distribution].map(([nodeId, count]) => `  ${nodeId}: ${count}`),
    '------------------\n',
  );
}

function tell(event: DistributedSupervisorEvent): void {
  if (event.type === 'child_migrated') {
    const { childId, fromNode, toNode } = event;
    terminal.show(`[POOL] Worker ${childId} migrated: ${fromNode} → ${toNode}`);
  } else if (event.type === 'node_failure_detected') {
    const affected = event.affectedChildren.join(', ');
    terminal.show(`[POOL] Node ${event.nodeId} failed, affected workers: ${affected}`);
  }
}

const WORKERS = 6;
const JOIN_MS = 3000;
const TASK_EVERY_MS = 1000;
const STATS_EVERY_MS = 10_000;

await runProgram('distributed-worker-pool', main);
