// The worker pool on every node of a simulated cluster: each node has a pool of its own.
import { GenServer, Registry } from '../../src/index.js';
import { type Crew, supervisedCrew } from '../../src/examples/worker-pool/crew.js';
import { poolBehavior, type PoolRef } from '../../src/examples/worker-pool/pool.js';
import { endSuddenly } from '../../src/examples/worker-pool/sudden-end.js';
import type { Draws } from '../../sim/draw.js';
import type { ObservedRun, Scene, SimulatedNode } from '../../sim/index.js';

type Operation =
  | { readonly kind: 'submit'; readonly task: string }
  /** Ends a worker in the middle of what it does. */
  | { readonly kind: 'end'; readonly worker: number };

let crew: Crew | undefined;

export async function setup(): Promise<void> {
  crew = await supervisedCrew();
  const own = crew;
  const pool = poolBehavior({ crew: () => own, size: 3, balance: 'least_loaded' });
  await GenServer.start(pool, { name: 'pool' });
}

export async function operate(operation: Operation, node: SimulatedNode): Promise<void> {
  if (operation.kind === 'end') {
    const worker = crew?.workers()[operation.worker];
    if (worker !== undefined) await endSuddenly(worker);
    return;
  }
  const { task } = operation;
  node.observe('submitted', { task });
  const { result } = await GenServer.call(pool(), { type: 'submit', task }, { timeout: 15_000 });
  node.observe('done', { task, result });
}

export async function finish(node: SimulatedNode): Promise<void> {
  const { totalTasks, workerCount } = await GenServer.call(pool(), { type: 'get_stats' });
  node.observe('survived', { totalTasks, workerCount });
}

export function workload(draws: Draws, { nodes, fromMs, untilMs }: Scene) {
  return Array.from({ length: 24 }, (_, n) => {
    const isEnd = draws.between(1, 4, 'kind', n) === 1;
    const operation: Operation = isEnd
      ? { kind: 'end', worker: draws.between(0, 2, 'worker', n) }
      : { kind: 'submit', task: `task ${n}` };
    const node = draws.between(0, nodes - 1, 'node', n);
    // Close together, so that tasks wait for each other.
    const atMs = fromMs + draws.between(0, (untilMs - fromMs) / 4, 'at', n);
    return { node, atMs, operation };
  });
}

interface Told {
  readonly task: string;
}

export const invariants = {
  'no task is lost': (run: ObservedRun) => {
    for (const { node, life } of run.told('survived')) {
      const here = ofLife(run, { node, life });
      const done = new Set(here('done').map(({ data }) => data.task));
      const lost = here('submitted').find(({ data }) => !done.has(data.task));
      if (lost !== undefined) return `${lost.data.task} was submitted and never answered`;
    }
    return undefined;
  },
  'no task is completed twice': (run: ObservedRun) => {
    for (const { node, life, data } of run.told<{ totalTasks: number }>('survived')) {
      const done = ofLife(run, { node, life })('done').length;
      if (data.totalTasks !== done) return `${data.totalTasks} completions of ${done} tasks`;
    }
    return undefined;
  },
};

function ofLife(run: ObservedRun, { node, life }: { node: number; life: number }) {
  return (what: string) =>
    run.told<Told>(what).filter((told) => told.node === node && told.life === life);
}

function pool(): PoolRef {
  return Registry.lookup('pool') as PoolRef;
}
