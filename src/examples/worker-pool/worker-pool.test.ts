import { describe, expect, it } from 'vitest';
import { runVirtual } from '../../platform/run-virtual.js';
import { setCurrentRuntime } from '../../runtime/current.js';
import { Runtime } from '../../runtime/runtime.js';
import { GenServer } from '../../index.js';
import { pause } from '../world.js';
import { chooseWorker } from './balance.js';
import { plainCrew, supervisedCrew } from './crew.js';
import { DEMONSTRATIONS, type DemonstrationName } from './demonstration.js';
import { poolBehavior } from './pool.js';
import { endSuddenly } from './sudden-end.js';

function shown(name: DemonstrationName): Promise<readonly string[]> {
  return inNode(async () => {
    const lines: string[] = [];
    await DEMONSTRATIONS[name]((line) => lines.push(line));
    return lines.join('\n').split('\n');
  });
}

function inNode<T>(body: () => Promise<T>): Promise<T> {
  return runVirtual((platform) => {
    setCurrentRuntime(new Runtime(platform));
    return body();
  });
}

/** What a line says of a task and its worker. */
function assignment(line: string): string | undefined {
  return /"(.*)" by (worker \d)/.exec(line)?.slice(1).join(': ');
}

describe('the program', () => {
  it('hands tasks out by turns, one by one, side by side, and to a smaller pool', async () => {
    const lines = await shown('round-robin');
    expect(lines.flatMap((line) => assignment(line) ?? [])).toEqual([
      'task-1: worker 0',
      'task-2: worker 1',
      'task-3: worker 2',
      'task-4: worker 3',
      'task-5: worker 0',
      'parallel-1: worker 1',
      'parallel-2: worker 2',
      'parallel-3: worker 3',
      'parallel-4: worker 0',
      'small-pool-1: worker 0',
      'small-pool-2: worker 1',
      'small-pool-3: worker 0',
    ]);
    expect(lines.filter((line) => assignment(line) === undefined && line !== '')).toEqual([
      'Submitting tasks...',
      'Submitting tasks in parallel...',
      'Scaling pool to 2 workers...',
      'Submitting with smaller pool...',
      'Pool stopped',
    ]);
    expect(lines.filter((line) => line === '')).toHaveLength(7);
    expect(lines.slice(0, 3)).toEqual([
      'Submitting tasks...',
      '',
      'Result: Processed "task-1" by worker 0',
    ]);
  });

  it('does the task of a killed worker on another one, and hires a fresh worker', async () => {
    const lines = await shown('supervised');
    expect(lines.flatMap((line) => assignment(line) ?? [])).toEqual([
      'task-1: worker 1',
      'task-2: worker 1',
      'task-3: worker 2',
      'task-4: worker 3',
    ]);
    expect(lines).toContain('4 workers, 4 tasks done');
  });

  it('gives tasks to whoever has the least to do and has done the least', async () => {
    const lines = await shown('least-loaded');
    expect(lines.flatMap((line) => assignment(line) ?? []).slice(4)).toEqual([
      'task-5: worker 0',
      'task-6: worker 1',
      'task-7: worker 4',
      'task-8: worker 2',
    ]);
  });
});

describe('a pool', () => {
  it('works on as many tasks at a time as it has workers', async () => {
    const tookMs = await runVirtual(async (platform) => {
      setCurrentRuntime(new Runtime(platform));
      const pool = await GenServer.start(poolBehavior({ crew: plainCrew }));
      const tasks = Array.from({ length: 8 }, (_, at) => `task-${at}`);
      await Promise.all(tasks.map((task) => GenServer.call(pool, { type: 'submit', task })));
      return platform.clock.nowMs();
    });
    expect(tookMs).toBe(200);
  });

  it('lets workers finish what they were given before they go', async () => {
    const done = await inNode(async () => {
      const pool = await GenServer.start(poolBehavior({ crew: plainCrew, size: 3 }));
      const submitted = ['a', 'b', 'c', 'd', 'e', 'f'].map((task) =>
        GenServer.call(pool, { type: 'submit', task }),
      );
      GenServer.cast(pool, { type: 'scale', count: 1 });
      return Promise.all(submitted);
    });
    expect(done.map(({ workerId }) => workerId)).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it('tells the caller once a task has killed three workers', async () => {
    const error = await inNode(async () => {
      const crew = await supervisedCrew();
      const pool = await GenServer.start(poolBehavior({ crew: () => crew, size: 1 }));
      const submitted = GenServer.call(pool, { type: 'submit', task: 'poison' });
      const outcome = submitted.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      for (let killed = 0; killed < 3; killed++) {
        await GenServer.call(pool, { type: 'get_stats' });
        await endSuddenly(crew.workers()[0]!);
        await pause(50);
      }
      return outcome;
    });
    expect(error).toBeInstanceOf(Error);
  });
});

describe('the choice of a worker', () => {
  it('goes round, and begins again when workers are gone', () => {
    const loads = [0, 0, 0].map(() => ({ active: 0, done: 0 }));
    expect(chooseWorker(loads, 'round_robin', 2)).toEqual({ index: 2, turn: 0 });
    expect(chooseWorker(loads.slice(0, 2), 'round_robin', 2)).toEqual({ index: 0, turn: 1 });
  });

  it('takes the first of those with the fewest tasks under way', () => {
    const loads = [
      { active: 1, done: 0 },
      { active: 0, done: 5 },
      { active: 0, done: 5 },
    ];
    expect(chooseWorker(loads, 'least_loaded', 7)).toEqual({ index: 1, turn: 7 });
  });
});
