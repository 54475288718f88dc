import { Cluster, GenServer, GlobalRegistry } from '../../index.js';
import { type Command, columns, CommandError, countOf } from '../command-line.js';
import { nodeTable } from '../node-table.js';
import {
  type NewTask,
  SCHEDULER,
  type SchedulerRef,
  type SchedulerStats,
  type TaskHistory,
} from './scheduler-message.js';

export interface Demonstration {
  /** Whether a test task is scheduled now and then. */
  isOn: boolean;
}

/** What may be typed on the scheduler's node. */
export function schedulerCommands(demonstration: Demonstration): readonly Command[] {
  return [
    {
      name: '/schedule',
      argument: '<name>',
      summary: 'Schedule a task that runs once',
      run: async (name) => `Scheduled: ${await schedule([{ name, payload: null }])}`,
    },
    {
      name: '/every',
      argument: '<ms> <name>',
      summary: 'Schedule a task that repeats, so long after the end of each run',
      run: async (argument) => `Scheduled: ${await schedule([repeating(argument)])}`,
    },
    {
      name: '/batch',
      argument: '<n> [ms]',
      summary: 'Schedule n tasks, which take so long each',
      run: async (argument) => `Scheduled: ${await schedule(batch(argument))}`,
    },
    {
      name: '/tasks',
      argument: '[n]',
      summary: 'Show the last n tasks (10) and their attempts',
      run: async (argument) => {
        const count = countOf(argument, { fallback: 10, max: 100_000 });
        const tasks = await GenServer.call(theScheduler(), { type: 'list_tasks' });
        return tasks.length === 0 ? 'No tasks yet' : columns(tasks.slice(-count).map(taskRow));
      },
    },
    {
      name: '/stats',
      summary: 'Show what was done so far, by node',
      run: async () => statsLines(await schedulerStats()),
    },
    {
      name: '/demo',
      argument: '<on|off>',
      summary: 'Schedule a test task every three seconds, or none any more',
      candidates: () => ['on', 'off'],
      run: (argument) => {
        if (argument !== 'on' && argument !== 'off') {
          throw new CommandError(`Expected on or off, got ${argument}`);
        }
        demonstration.isOn = argument === 'on';
        return `Test tasks are ${argument}`;
      },
    },
    { name: '/nodes', summary: 'List the connected nodes', run: nodeTable },
  ];
}

/** Schedules tasks by the scheduler of the cluster; gives their ids as a text. */
export async function schedule(tasks: readonly NewTask[]): Promise<string> {
  const scheduled = await GenServer.call(theScheduler(), { type: 'schedule', tasks });
  const [first, last] = [scheduled[0], scheduled.at(-1)];
  return first === last ? (first?.id ?? '') : `${first?.id ?? ''} to ${last?.id ?? ''}`;
}

export function schedulerStats(): Promise<SchedulerStats> {
  return GenServer.call(theScheduler(), { type: 'get_stats' });
}

export function statsLines(stats: SchedulerStats): readonly string[] {
  return ['\n--- Scheduler Stats ---', JSON.stringify(stats, null, 2), '-----------------------\n'];
}

function theScheduler(): SchedulerRef {
  const ref = GlobalRegistry.whereis(SCHEDULER);
  if (ref !== undefined) return ref as SchedulerRef;
  throw new Error(`No ${SCHEDULER} is known to ${Cluster.getLocalNodeId()} at present`);
}

function repeating(argument: string): NewTask {
  const [ms = '', ...name] = argument.split(' ');
  if (name.length === 0) throw new CommandError(`Expected /every <ms> <name>, got no name`);
  return { name: name.join(' '), payload: null, interval: countOf(ms, { max: 1e9 }) };
}

function batch(argument: string): NewTask[] {
  const [count = '', ms = '', ...rest] = argument.split(' ');
  if (rest.length > 0) throw new CommandError(`Expected /batch <n> [ms], got ${argument}`);
  const payload = ms === '' ? null : { workMs: countOf(ms, { max: 1e6 }) };
  return Array.from({ length: countOf(count, { max: 10_000 }) }, (_, at) => {
    return { name: `batch-${at + 1}`, payload };
  });
}

function taskRow({ task, attempts }: TaskHistory): string[] {
  const { id, name, status, run, interval, lastError } = task;
  const told = attempts.map(
    (one) =>
      `${interval === undefined ? '' : `run ${one.run} `}attempt ${one.attempt} ${one.outcome}` +
      ` (${one.executorId})`,
  );
  const runs = interval === undefined ? 'once' : `run ${run}, every ${interval} ms`;
  const trouble = status === 'completed' || lastError === undefined ? '' : `! ${lastError}`;
  return [id, status, runs, name, told.join(', '), trouble];
}
