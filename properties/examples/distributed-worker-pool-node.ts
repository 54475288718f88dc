// The distributed worker pool in a simulated cluster: the first node is the supervisor's.
import { DistributedSupervisor, GenServer, GlobalRegistry } from '../../src/index.js';
import { PoolSupervisor } from '../../src/examples/distributed-worker-pool/pool-supervisor.js';
import type { QueueRef } from '../../src/examples/distributed-worker-pool/task-queue.js';
import { TASK_QUEUE, WORKER } from '../../src/examples/distributed-worker-pool/task.js';
import { type PoolWorkerRef, worker } from '../../src/examples/distributed-worker-pool/worker.js';
import { pause } from '../../src/examples/world.js';
import type { Draws } from '../../sim/draw.js';
import type { ObservedRun, Scene, SimulatedNode } from '../../sim/index.js';

type Operation =
  | { readonly kind: 'submit'; readonly payload: string }
  | { readonly kind: 'crash'; readonly worker: number };

export const behaviors = { [WORKER]: worker };

let pool: PoolSupervisor | undefined;

export async function setup(node: SimulatedNode): Promise<void> {
  if (!node.isFirst) return;
  // Faults may keep a node away for good.
  await Promise.race([node.untilComplete(), pause(3000)]);
  pool = await PoolSupervisor.start({
    onCounted: ({ queueId, taskId, attempt }) =>
      node.observe('counted', { queue: queueId, task: taskId, attempt }),
  });
  for (let n = 0; n < WORKERS; n++) await pool.addWorker();
}

export async function operate(operation: Operation, node: SimulatedNode): Promise<void> {
  if (operation.kind === 'crash') {
    const children = pool === undefined ? [] : DistributedSupervisor.getChildren(pool.ref);
    const child = children[operation.worker];
    if (child !== undefined) GenServer.cast(child.ref as PoolWorkerRef, { type: 'crash' });
    return;
  }
  const queue = GlobalRegistry.lookup(TASK_QUEUE) as QueueRef;
  const payloads = [operation.payload];
  const [task] = await GenServer.call(queue, { type: 'submit', payloads }, { timeout: 2000 });
  node.observe('accepted', { queue: queue.id, task: task?.id });
}

export function finish(node: SimulatedNode): void {
  if (pool !== undefined) node.observe('survived', { queue: pool.queue.id });
}

export function workload(draws: Draws, { nodes, fromMs, untilMs }: Scene) {
  return Array.from({ length: 30 }, (_, n) => {
    const atMs = draws.between(fromMs, untilMs, 'at', n);
    if (n < 2)
      return { node: 0, atMs, operation: { kind: 'crash', worker: n } satisfies Operation };
    const operation: Operation = { kind: 'submit', payload: `payload ${n}` };
    return { node: draws.between(0, nodes - 1, 'node', n), atMs, operation };
  });
}

interface Told {
  readonly queue: string;
  readonly task: string;
}

export const invariants = {
  // Tasks live and die with the node of the queue.
  'no task is lost': (run: ObservedRun) => {
    const survivor = run.told<Told>('survived').at(-1)?.data.queue;
    const counted = new Set(run.told<Told>('counted').map(({ data }) => nameOf(data)));
    const lost = run
      .told<Told>('accepted')
      .find(({ data }) => data.queue === survivor && !counted.has(nameOf(data)));
    return lost && `${lost.data.task} was accepted at ${lost.atMs} ms and has no result`;
  },
  'no task is counted twice': (run: ObservedRun) => {
    const seen = new Set<string>();
    for (const { data } of run.told<Told>('counted')) {
      if (seen.has(nameOf(data))) return `${data.task} was counted twice`;
      seen.add(nameOf(data));
    }
    return undefined;
  },
};

function nameOf({ queue, task }: Told): string {
  return `${queue} ${task}`;
}

const WORKERS = 4;
