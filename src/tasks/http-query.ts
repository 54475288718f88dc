import type { Hono } from 'hono';
import { describe } from '../base/errors.js';
import { RequestError } from './http-problem.js';
import type { TaskDesk, TaskQuery } from './task-desk.js';
import { TASK_ORDERS } from './task-view.js';
import { type Task, TASK_STATES } from './task.js';

/** What can be asked about tasks and workers, and the cancelling of a task. */
export function queryRoutes(app: Hono, desk: TaskDesk): void {
  app.get('/tasks', (c) => c.json(desk.list(queryOf(c.req.query()))));
  app.get('/tasks/:id', (c) => {
    const taskId = c.req.param('id');
    const detail = desk.get(taskId);
    if (detail === undefined) throw unknownTask(taskId);
    const { task, ...rest } = detail;
    return c.json({ ...rest, task: withoutContents(task), history: desk.history(taskId) ?? [] });
  });
  app.delete('/tasks/:id', async (c) => {
    const taskId = c.req.param('id');
    const outcome = await desk.cancel(taskId);
    switch (outcome) {
      case 'cancelled':
        return c.json({ message: 'Task cancelled', taskId });
      case 'over':
        throw new RequestError(409, `Task ${describe(taskId)} is over: nothing is left to cancel`);
      case 'unknown':
        throw unknownTask(taskId);
    }
  });
  app.get('/workers', (c) => c.json({ workers: desk.workers() }));
}

function unknownTask(taskId: string): RequestError {
  return new RequestError(404, `There is no task ${describe(taskId.slice(0, 256))}`);
}

function queryOf(given: Readonly<Record<string, string>>): TaskQuery {
  const { state, order, limit, after } = given;
  return {
    ...(state === undefined ? {} : { state: wordOf('state', TASK_STATES, state) }),
    ...(order === undefined ? {} : { order: wordOf('order', TASK_ORDERS, order) }),
    ...(limit === undefined ? {} : { limit: limitOf(limit) }),
    ...(after === undefined ? {} : { after: afterOf(after) }),
  };
}

/** One of the words that a parameter may be. Throws RequestError. */
export function wordOf<Word extends string>(
  name: string,
  words: readonly Word[],
  text: string,
): Word {
  const word = words.find((known) => known === text);
  if (word !== undefined) return word;
  const expected = words.length === 1 ? words[0] : `one of ${words.join(', ')}`;
  throw new RequestError(400, `${name}: expected ${expected}, got ${came(text)}`);
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= LIMIT_MAX) return limit;
  const expected = `a whole number from 1 to ${LIMIT_MAX}`;
  throw new RequestError(400, `limit: expected ${expected}, got ${came(text)}`);
}

function afterOf(text: string): string {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return text;
  throw new RequestError(400, `after: expected the next of the page before, got ${came(text)}`);
}

function came(text: string): string {
  return describe(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}

// Files may be megabytes; how large each is tells which they are.
function withoutContents(task: Task): object {
  const { files } = task;
  if (typeof files !== 'object' || files === null) return task;
  const sizes = Object.entries(files).map(([path, content]) => {
    return [path, typeof content === 'string' ? content.length : 0] as const;
  });
  return { ...task, files: Object.fromEntries(sizes) };
}

const LIMIT_MAX = 1000;
