// The task scheduler in a simulated cluster: it is on the first node, executors on the others.
import { GenServer, GlobalRegistry, Supervisor } from '../../src/index.js';
import { startExecutors } from '../../src/examples/task-scheduler/executor-node.js';
import { executor } from '../../src/examples/task-scheduler/executor.js';
import {
  EXECUTOR,
  SCHEDULER,
  type SchedulerRef,
} from '../../src/examples/task-scheduler/scheduler-message.js';
import type { AttemptKey } from '../../src/examples/task-scheduler/scheduled-task.js';
import { scheduler } from '../../src/examples/task-scheduler/scheduler.js';
import { here } from '../../src/runtime/default-runtime.js';
import type { Draws } from '../../sim/draw.js';
import type { ObservedRun, Scene, SimulatedNode } from '../../sim/index.js';

interface Operation {
  readonly name: string;
  readonly workMs: number;
  readonly interval?: number;
}

export const behaviors = { [EXECUTOR]: executor(() => undefined) };

export async function setup(node: SimulatedNode): Promise<void> {
  if (node.isFirst) await startScheduler(node);
  // On the scheduler's node as well: faults may leave it alone in the end.
  await startExecutors(`node${node.index}`, 2);
}

async function startScheduler(node: SimulatedNode): Promise<void> {
  const { store } = here().platform;
  const onCompleted = ({ taskId, run }: AttemptKey): void => {
    node.observe('completed', { task: taskId, run });
  };
  const start = async () => {
    const ref = await GenServer.start(scheduler({ store, onCompleted }));
    await GlobalRegistry.register(SCHEDULER, ref);
    return ref;
  };
  await Supervisor.start({ children: [{ id: SCHEDULER, start }] });
}

export async function operate(operation: Operation, node: SimulatedNode): Promise<void> {
  const { name, workMs, interval } = operation;
  const task = { name, payload: { workMs }, ...(interval === undefined ? {} : { interval }) };
  const ref = GlobalRegistry.lookup(SCHEDULER) as SchedulerRef;
  const [kept] = await GenServer.call(ref, { type: 'schedule', tasks: [task] }, { timeout: 2000 });
  node.observe('accepted', { task: kept?.id, isRepeating: interval !== undefined });
}

export async function finish(node: SimulatedNode): Promise<void> {
  if (!node.isFirst) return;
  const ref = GlobalRegistry.lookup(SCHEDULER) as SchedulerRef;
  const tasks = await GenServer.call(ref, { type: 'list_tasks' });
  for (const { task, attempts } of tasks) {
    const { id, status, run } = task;
    const numbers = attempts.map((one) => `${one.run}/${one.attempt}`);
    node.observe('kept', { task: id, status, run, attempts: numbers });
  }
  node.observe('survived', { tasks: tasks.length });
}

export function workload(draws: Draws, { nodes, fromMs, untilMs }: Scene) {
  return Array.from({ length: 25 }, (_, n) => {
    const operation: Operation = {
      name: `task ${n}`,
      workMs: draws.between(10, 800, 'work', n),
      ...(n === 0 ? { interval: 1000 } : {}),
    };
    const atMs = draws.between(fromMs, untilMs, 'at', n);
    return { node: draws.between(0, nodes - 1, 'node', n), atMs, operation };
  });
}

interface Accepted {
  readonly task: string;
  readonly isRepeating: boolean;
}

interface Kept {
  readonly task: string;
  readonly status: string;
  readonly run: number;
  readonly attempts: readonly string[];
}

export const invariants = {
  'no task is lost': (run: ObservedRun) => {
    if (run.told('survived').length === 0) return undefined;
    const kept = new Map(run.told<Kept>('kept').map(({ data }) => [data.task, data]));
    for (const { data, atMs } of run.told<Accepted>('accepted')) {
      const found = kept.get(data.task);
      if (found === undefined) return `${data.task}, accepted at ${atMs} ms, is not kept`;
      const isDone = data.isRepeating ? found.run > 1 : found.status === 'completed';
      if (!isDone) return `${data.task}, accepted at ${atMs} ms, is still ${found.status}`;
    }
    return undefined;
  },
  'no task is completed twice': (run: ObservedRun) => {
    const seen = new Set<string>();
    for (const { data } of run.told<{ task: string; run: number }>('completed')) {
      const name = `run ${data.run} of ${data.task}`;
      if (seen.has(name)) return `${name} was completed twice`;
      seen.add(name);
    }
    return undefined;
  },
  'attempts are told apart': (run: ObservedRun) => {
    const mixed = run
      .told<Kept>('kept')
      .find(({ data }) => new Set(data.attempts).size !== data.attempts.length);
    return mixed && `${mixed.data.task} has attempts ${mixed.data.attempts.join(', ')}`;
  },
};
