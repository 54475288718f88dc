// The pool that runs by itself, in a simulated cluster: the first node is the coordinator.
import { PushPool } from '../../src/examples/distributed-worker-pool/push-pool.js';
import { PUSH_WORKER, pushWorker } from '../../src/examples/distributed-worker-pool/push-worker.js';
import { pause } from '../../src/examples/world.js';
import type { Draws } from '../../sim/draw.js';
import type { ObservedRun, Scene, SimulatedNode } from '../../sim/index.js';

interface Operation {
  readonly task: string;
}

export const behaviors = { [PUSH_WORKER]: pushWorker };

let pool: PushPool | undefined;

export async function setup(node: SimulatedNode): Promise<void> {
  if (!node.isFirst) return;
  // Faults may keep a node away for good.
  await Promise.race([node.untilComplete(), pause(3000)]);
  while (pool === undefined) {
    try {
      pool = await PushPool.start({ workerCount: 6 });
    } catch {
      // A node was lost in the middle of the start.
      await pause(500);
    }
  }
}

export async function operate({ task }: Operation, node: SimulatedNode): Promise<void> {
  if (pool === undefined) throw new Error('the pool has not started yet');
  node.observe('submitted', { task });
  const { taskId } = await pool.submit({ id: task, payload: 'data' });
  node.observe('answered', { task: taskId });
}

export function finish(node: SimulatedNode): void {
  if (node.isFirst) node.observe('survived');
}

export function workload(draws: Draws, { fromMs, untilMs }: Scene) {
  return Array.from({ length: 30 }, (_, n) => ({
    node: 0,
    atMs: draws.between(fromMs, untilMs, 'at', n),
    operation: { task: `task-${n}` } satisfies Operation,
  }));
}

interface Told {
  readonly task: string;
}

export const invariants = {
  'no task is lost': (run: ObservedRun) => {
    const survivor = run.told('survived').at(-1);
    const answered = tasks(run, 'answered');
    const lost = run
      .told<Told>('submitted')
      .find(({ life, data }) => life === survivor?.life && !answered.includes(data.task));
    return lost && `${lost.data.task}, submitted at ${lost.atMs} ms, was not answered`;
  },
  'no task is answered twice': (run: ObservedRun) => {
    const answered = tasks(run, 'answered');
    const twice = answered.find((task, at) => answered.indexOf(task) !== at);
    return twice && `${twice} was answered twice`;
  },
};

function tasks(run: ObservedRun, what: string): string[] {
  return run.told<Told>(what).map(({ data }) => data.task);
}
