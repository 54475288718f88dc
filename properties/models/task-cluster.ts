import { GenServer, GlobalRegistry } from '../../src/index.js';
import { here } from '../../src/runtime/default-runtime.js';
import { type LedgerHost, ledgerServer } from '../../src/tasks/ledger-server.js';
import type { Ledger } from '../../src/tasks/ledger.js';
import { platformTaskStore } from '../../src/tasks/store-platform.js';
import { forgetfulStore } from '../../src/tasks/store.js';
import type { LedgerChange } from '../../src/tasks/task-record.js';
import { COORDINATOR, type CoordinatorRef, type SimulatedTask, taskWorker } from './task-worker.js';

/** What the module asks of a simulated node. */
interface TaskNode {
  readonly index: number;
  readonly isFirst: boolean;
  readonly life: number;
  readonly settings: unknown;
  observe(what: string, data: Readonly<Record<string, unknown>>): void;
}

interface TaskRun {
  told<Data>(what: string): readonly { readonly data: Data }[];
}

interface Day {
  readonly nodes: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

interface TaskDraws {
  between(min: number, max: number, domain: string, ...key: readonly number[]): number;
}

/** A coordinator on the first node, which keeps its ledger in the node's store; workers on all. */
export async function setup({ index, isFirst, life, settings, observe }: TaskNode): Promise<void> {
  if (isFirst) {
    const host = coordinatorHost(settings, observe);
    const ref = await GenServer.start(ledgerServer(host), { name: COORDINATOR });
    await GlobalRegistry.register(COORDINATOR, ref);
  }
  const types = index % 2 === 0 ? ['*'] : ['build'];
  // A worker that comes back knows nothing of what it had, and is another one.
  const worker = await GenServer.start(taskWorker(`w${index}.${life}`, types));
  GenServer.cast(worker, 'begin');
}

function coordinatorHost(settings: unknown, observe: TaskNode['observe']): LedgerHost {
  const { store, clock, log } = here().platform;
  const isForgetful = settings === 'forgetful';
  return {
    options: { leaseMs: 2000, lossesMax: 1000 },
    store: isForgetful ? forgetfulStore() : platformTaskStore(store),
    clock,
    log,
    opened: (opened) => (ledger = opened),
    changed: (changes: readonly LedgerChange[]) => {
      for (const change of changes) {
        if (change.kind !== 'put') continue;
        const { state, attempt } = change.step;
        const { taskId } = change.record.task;
        if (state === 'completed' || state === 'assigned') observe(state, { taskId, attempt });
      }
    },
  };
}

/** Somebody adds a task; the answer is the receipt. */
export async function operate(task: SimulatedTask, { observe }: TaskNode): Promise<void> {
  const ref = GlobalRegistry.lookup(COORDINATOR) as CoordinatorRef;
  await GenServer.call(ref, { kind: 'add', task: { ...task } }, { timeout: 2000 });
  observe('added', { taskId: task.taskId });
}

export function finish({ isFirst, observe }: TaskNode): void {
  if (!isFirst || ledger === undefined) return;
  const states = [...ledger.records()].map(({ task, state }) => [task.taskId, state] as const);
  observe('over', { states: Object.fromEntries(states) });
}

export function workload(draws: TaskDraws, { nodes, fromMs, untilMs }: Day) {
  return Array.from({ length: TASKS }, (_, n) => ({
    node: draws.between(0, nodes - 1, 'adder', n),
    atMs: draws.between(fromMs, untilMs, 'time', n),
    operation: {
      taskId: `t${n}`,
      taskType: draws.between(0, 2, 'type', n) === 0 ? 'test' : 'build',
      workMs: draws.between(10, 3000, 'work', n),
    },
  }));
}

export const invariants = {
  'no task is lost': (run: TaskRun) => {
    const states = run.told<{ states: Readonly<Record<string, string>> }>('over').at(-1)
      ?.data.states;
    // The coordinator's node never came back: its store is where the tasks are.
    if (states === undefined) return undefined;
    const added = run.told<{ taskId: string }>('added').map(({ data }) => data.taskId);
    const lost = added.find((taskId) => states[taskId] !== 'completed');
    return lost === undefined ? undefined : `${lost} was taken and is ${states[lost]} in the end`;
  },
  'no task is completed twice': (run: TaskRun) => {
    const completed = run.told<{ taskId: string }>('completed').map(({ data }) => data.taskId);
    const twice = completed.find((taskId, at) => completed.indexOf(taskId) !== at);
    return twice === undefined ? undefined : `${twice} was completed twice`;
  },
};

const TASKS = 12;
/** Of this node: every node evaluates its own copy of this module. */
let ledger: Ledger | undefined;
