import { DistributedSupervisor, GenServer, type NodeSelectorType } from '../../index.js';
import { type Command, columns, CommandError, countOf } from '../command-line.js';
import { nodeTable } from '../node-table.js';
import { type PoolSupervisor, STRATEGIES } from './pool-supervisor.js';
import { randomTask } from './random-task.js';
import type { TaskResult } from './task.js';

/** What may be typed on the supervisor node. */
export function supervisorCommands(pool: PoolSupervisor): readonly Command[] {
  return [...workerCommands(pool), ...taskCommands(pool)];
}

function workerCommands(pool: PoolSupervisor): readonly Command[] {
  const ids = (): string[] => DistributedSupervisor.getChildren(pool.ref).map(({ id }) => id);
  return [
    {
      name: '/add-worker',
      summary: 'Add a worker, on the node that the strategy chooses',
      run: async () => {
        const { id, nodeId } = await pool.addWorker();
        return `Added ${id} on ${nodeId}`;
      },
    },
    {
      name: '/remove-worker',
      argument: '<id>',
      summary: 'Remove a worker; its task goes to another one',
      candidates: ids,
      run: async (id) => {
        if (!ids().includes(id)) throw new CommandError(`No worker ${id}; see /workers`);
        await pool.removeWorker(id);
        return `Removed ${id}`;
      },
    },
    {
      name: '/strategy',
      argument: '<type>',
      summary: `Set where new workers go: ${STRATEGIES.join(', ')}`,
      candidates: () => STRATEGIES,
      run: (type) => {
        pool.strategy = strategyOf(type);
        return `New workers are placed by ${type}`;
      },
    },
    {
      name: '/workers',
      summary: 'List all workers and their nodes',
      run: () => workerTable(pool),
    },
    { name: '/nodes', summary: 'List the connected nodes', run: nodeTable },
  ];
}

function taskCommands(pool: PoolSupervisor): readonly Command[] {
  return [
    {
      name: '/submit',
      argument: '<task>',
      summary: 'Submit a task',
      run: async (payload) => {
        const [task] = await GenServer.call(pool.queue, { type: 'submit', payloads: [payload] });
        return `Submitted ${task?.id ?? 'nothing'}: ${payload}`;
      },
    },
    {
      name: '/batch',
      argument: '<n>',
      summary: 'Submit n random tasks',
      run: async (argument) => {
        const count = countOf(argument, { max: 10_000 });
        const payloads = Array.from({ length: count }, randomTask);
        const tasks = await GenServer.call(pool.queue, { type: 'submit', payloads });
        return `Submitted ${tasks[0]?.id ?? ''} to ${tasks.at(-1)?.id ?? ''}`;
      },
    },
    {
      name: '/results',
      argument: '[n]',
      summary: 'Show the last n results (10)',
      run: async (argument) => {
        const last = countOf(argument, { fallback: 10, max: 10_000 });
        const results = await GenServer.call(pool.collector, { type: 'results', last });
        return results.length === 0 ? 'No results yet' : columns(results.map(resultRow));
      },
    },
    { name: '/stats', summary: 'Show what was done so far', run: () => statistics(pool) },
  ];
}

function strategyOf(type: string): NodeSelectorType {
  const strategy = STRATEGIES.find((one) => one === type);
  if (strategy !== undefined) return strategy;
  throw new CommandError(`Expected one of ${STRATEGIES.join(', ')}, got ${type}`);
}

async function workerTable(pool: PoolSupervisor): Promise<string | string[]> {
  const children = DistributedSupervisor.getChildren(pool.ref);
  if (children.length === 0) return 'No workers yet; /add-worker adds one';
  const busy = await GenServer.call(pool.queue, { type: 'workers' });
  const byProcess = new Map(busy.map((one) => [one.status.ref.id, one]));
  return columns([
    ['worker', 'node', 'restarts', 'speed', 'works on'],
    ...children.map(({ id, nodeId, restartCount, ref }) => {
      const known = byProcess.get(ref.id);
      const speed = `${known?.status.speed ?? 1}x`;
      return [id, nodeId, restartCount, speed, known?.task?.id ?? 'nothing'];
    }),
  ]);
}

async function statistics(pool: PoolSupervisor): Promise<string[]> {
  const tasks = await GenServer.call(pool.queue, { type: 'counts' });
  const results = await GenServer.call(pool.collector, { type: 'counts' });
  const workers = DistributedSupervisor.getStats(pool.ref);
  return [
    'Tasks',
    ...columns([
      ['submitted', tasks.submitted],
      ['pending', tasks.pending],
      ['running', tasks.running],
      ['done', tasks.done],
      ['given out again', tasks.reassigned],
    ]),
    'Results',
    ...columns([
      ['total', results.total],
      ['succeeded', results.succeeded],
      ['failed', results.failed],
      ['came twice, counted once', results.repeated],
    ]),
    'Workers',
    ...columns([
      ['workers', workers.childCount],
      ['restarts', workers.totalRestarts],
      ['of those, after the loss of a node', workers.nodeFailureRestarts],
      ...[...workers.childrenByNode].map(([node, count]) => [`on ${node}`, count]),
    ]),
  ];
}

function resultRow({ taskId, workerId, attempt, payload, outcome }: TaskResult): string[] {
  const end = outcome.kind === 'success' ? outcome.output : `failed: ${outcome.error}`;
  return [taskId, workerId, `attempt ${attempt}`, payload, `-> ${end}`];
}
