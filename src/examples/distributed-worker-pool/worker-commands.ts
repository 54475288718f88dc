import { Cluster, GenServer, GlobalRegistry } from '../../index.js';
import { type Command, columns, CommandError } from '../command-line.js';
import { nodeTable } from '../node-table.js';
import type { BusyWorker, QueueRef } from './task-queue.js';
import { TASK_QUEUE } from './task.js';
import type { PoolWorkerRef, WorkerCast } from './worker.js';

/** What may be typed on a worker node. */
export function workerCommands(): readonly Command[] {
  return [
    { name: '/workers', summary: 'List the workers on this node', run: workerTable },
    telling('/crash', 'Let a worker crash: its supervisor restarts it', () => ({ type: 'crash' })),
    telling('/slow', 'Let a worker work at half its speed', () => speed(0.5)),
    telling('/fast', 'Let a worker work at twice its speed', () => speed(2)),
    telling('/normal', 'Let a worker work at its usual speed', () => speed(1)),
    { name: '/nodes', summary: 'List the connected nodes', run: nodeTable },
  ];
}

function telling(name: string, summary: string, message: () => WorkerCast): Command {
  return {
    name,
    argument: '<id>',
    summary,
    candidates: async () => (await localWorkers()).map(({ status }) => status.id),
    run: async (id) => {
      const workers = await localWorkers();
      const found = workers.find(({ status }) => status.id === id);
      if (found === undefined) throw new CommandError(notHere(id, workers));
      GenServer.cast(found.status.ref as PoolWorkerRef, message());
      return `Told ${id} to ${DOES[name] ?? name}`;
    },
  };
}

// The queue knows the workers of all nodes: each one asks it for work.
async function localWorkers(): Promise<readonly BusyWorker[]> {
  const queue = GlobalRegistry.whereis(TASK_QUEUE) as QueueRef | undefined;
  if (queue === undefined) {
    throw new CommandError('No task queue can be reached: is the supervisor node running?');
  }
  const all = await GenServer.call(queue, { type: 'workers' });
  const local = Cluster.getLocalNodeId();
  return all.filter(({ status }) => status.ref.nodeId === local);
}

async function workerTable(): Promise<string | string[]> {
  const workers = await localWorkers();
  if (workers.length === 0) return 'No workers on this node';
  return columns([
    ['worker', 'speed', 'processed', 'works on'],
    ...workers.map(({ status: { id, speed: times, processed }, task }) => {
      return [id, `${times}x`, processed, task?.id ?? 'nothing'];
    }),
  ]);
}

function notHere(id: string, workers: readonly BusyWorker[]): string {
  const ids = workers.map(({ status }) => status.id).join(', ');
  return `No worker ${id} on this node; it has ${ids === '' ? 'none' : ids}`;
}

function speed(times: number): WorkerCast {
  return { type: 'speed', speed: times };
}

const DOES: Readonly<Record<string, string>> = {
  '/crash': 'crash',
  '/slow': 'work at half its speed',
  '/fast': 'work at twice its speed',
  '/normal': 'work at its usual speed',
};
