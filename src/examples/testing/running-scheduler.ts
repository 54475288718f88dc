import { join } from 'node:path';
import type { RunningProgram, RunningPrograms } from './running-programs.js';

export interface BatchRow {
  readonly name: string;
  readonly status: string;
  /** What became of its attempts, in order. */
  readonly attempts: readonly string[];
}

/** The scheduler, with its tasks in a folder of this name among the programs. */
export function runScheduler(
  programs: RunningPrograms,
  words: readonly string[],
  folder: string,
): RunningProgram {
  const env = { TASK_FOLDER: join(programs.folder, folder) };
  return programs.run('task-scheduler', ['scheduler', ...words], { env });
}

/** Two nodes with three executors each. */
export async function runExecutors(
  programs: RunningPrograms,
  seed: string,
): Promise<readonly [RunningProgram, RunningProgram]> {
  const [first, second] = ['executor1', 'executor2'].map((name) =>
    programs.run('task-scheduler', ['executor', name, '0', seed]),
  ) as [RunningProgram, RunningProgram];
  for (const each of [first, second]) {
    await each.shows(/Started 3 executors/);
    await each.shows(/Executors connected to scheduler/);
  }
  return [first, second];
}

/** The tasks of the batch, once all of them are completed. */
export async function completedBatch(running: RunningProgram, count: number): Promise<BatchRow[]> {
  await running.askUntil('/stats', {
    answered: /"pendingTasks": \d+,\s+"runningTasks": \d+,/,
    wanted: /"pendingTasks": 0,\s+"runningTasks": 0,/,
  });
  // The table is long, and may come in pieces: what is asked next is answered after all of it.
  const [text] = await running.type('/tasks 1000\n/help', / {2}task-[^]*\/quit/);
  return text
    .split('\n')
    .flatMap((line) => {
      const [, status, name] = /^ {2}task-\d+ +(\w+) +once +(batch-\d+) /.exec(line) ?? [];
      if (status === undefined || name === undefined) return [];
      const attempts = [...line.matchAll(/attempt (\d+ \w+) \(/g)].map(([, told = '']) => told);
      return [{ name, status, attempts }];
    })
    .slice(-count);
}
