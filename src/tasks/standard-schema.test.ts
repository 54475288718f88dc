// What a caller's schemas refuse, over HTTP and from workers.
import { describe, expect, it } from 'vitest';
import type { CoordinatorTaskDistributorOptions } from './socket-coordinator.js';
import { InvalidTaskError } from './task-error.js';
import { type TaskWorld, taskWorlds } from './testing/task-world.js';

const start = taskWorlds();

async function world(options: CoordinatorTaskDistributorOptions): Promise<TaskWorld> {
  const made = await start({ retriesMax: 0, ...options });
  await made.project('shop', { 'index.js': 'export default () => 1;' });
  return made;
}

type Schema = NonNullable<CoordinatorTaskDistributorOptions['taskSchema']>;

function schema(validate: Schema['~standard']['validate']): Schema {
  return { '~standard': { version: 1, vendor: 'test', validate } };
}

/** A task whose `options.level` is a number; texts of digits are made one. */
const levelled = schema(async (task) => {
  const { options, ...rest } = task as { readonly options?: { readonly level?: unknown } };
  const level = Number(options?.level);
  if (Number.isInteger(level)) return { value: { ...rest, options: { level } } };
  return { issues: [{ message: 'a whole number', path: ['options', { key: 'level' }] }] };
});

describe('a schema of tasks', () => {
  it('refuses what it does not know, with the field, and nothing is added', async () => {
    const here = await world({ taskSchema: levelled });
    const refusal =
      'Expected options.level of the task to be right (a whole number), got "high"; ' +
      'nothing was added';
    const asked = await here.add('shop', { additionalOptions: { level: 'high' } });
    expect(asked).toEqual({ status: 400, error: refusal });
    const adding = here.coordinator.addTask({ taskType: 'build', options: { level: 'high' } });
    await expect(adding).rejects.toThrow(InvalidTaskError);
    await expect(adding).rejects.toThrow(refusal);
    expect(here.coordinator.desk.list().tasks).toEqual([]);
  });

  it('gives the task that is added', async () => {
    const here = await world({ taskSchema: levelled });
    const { taskId } = await here.add('shop', { additionalOptions: { level: '7' } });
    expect(here.coordinator.desk.get(taskId)?.task).toMatchObject({ options: { level: 7 } });
  });
});

describe('a schema of results', () => {
  it('lets a try fail whose result it refuses, with the field', async () => {
    const resultSchema = schema((result) => {
      const { passed } = result as { readonly passed?: unknown };
      if (typeof passed === 'number') return { value: { passed } };
      return { issues: [{ message: 'how many passed', path: ['passed'] }] };
    });
    const here = await world({ resultSchema });
    const outcomes: Readonly<Record<string, unknown>> = { good: 3, bad: 'all' };
    await here.worker({ execute: ({ taskId }) => ({ passed: outcomes[taskId], odd: true }) });
    for (const taskId of ['good', 'bad']) {
      await here.coordinator.addTask({ taskId, taskType: 'build' });
    }
    expect((await here.reaches('bad', 'deadLetter')).error).toBe(
      'Expected passed of the result to be right (how many passed), got "all"; the try has failed',
    );
    await here.reaches('good', 'completed');
    expect(here.results.map(({ result }) => result)).toEqual([{ passed: 3 }]);
  });
});
