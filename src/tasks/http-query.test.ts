import { afterEach, describe, expect, it } from 'vitest';
import { type OpenDesk, openDesk } from './testing/open-desk.js';

const opened: OpenDesk[] = [];
afterEach(async () => {
  for (const desk of opened.splice(0)) await desk.close();
});

async function openWith(count: number): Promise<OpenDesk> {
  const open = await openDesk();
  opened.push(open);
  const ids = Array.from({ length: count }, (_, at) => `t${at + 1}`);
  for (const taskId of ids) await open.desk.add({ taskId, taskType: 'build' });
  return open;
}

interface Page {
  readonly tasks: readonly { readonly taskId: string }[];
  readonly next?: string;
}

/** The ids of each page, to the last one. */
async function pagesOf(url: string, query: string): Promise<string[][]> {
  const pages: string[][] = [];
  let after = '';
  for (;;) {
    const answer = await fetch(`${url}/tasks?${query}${after}`);
    const { tasks, next } = (await answer.json()) as Page;
    pages.push(tasks.map(({ taskId }) => taskId));
    if (next === undefined) return pages;
    after = `&after=${next}`;
  }
}

describe('a list of tasks', () => {
  it('has the oldest first, or the newest, page by page', async () => {
    const { url } = await openWith(5);
    expect(await pagesOf(url, 'limit=2')).toEqual([['t1', 't2'], ['t3', 't4'], ['t5']]);
    expect(await pagesOf(url, 'limit=2&order=newest')).toEqual([
      ['t5', 't4'],
      ['t3', 't2'],
      ['t1'],
    ]);
    expect(await pagesOf(url, 'limit=5&order=newest')).toHaveLength(1);
  });

  it('has the newest of one state first', async () => {
    const { url, desk } = await openWith(6);
    for (const taskId of ['t2', 't3', 't5']) await desk.cancel(taskId);
    const query = 'state=deadLetter&order=newest&limit=2';
    expect(await pagesOf(url, query)).toEqual([['t5', 't3'], ['t2']]);
    expect(await pagesOf(url, 'state=running&order=newest')).toEqual([[]]);
  });
});

describe('a parameter that means nothing', () => {
  it.each([
    ['/tasks?after=nope', 'after: expected the next of the page before, got "nope"'],
    ['/tasks?after=', 'after: expected the next of the page before, got ""'],
    ['/tasks?after=1.5', 'after: expected the next of the page before, got "1.5"'],
    [`/tasks?after=${'9'.repeat(99)}`, 'after: expected the next of the page before, got "9'],
    ['/tasks?state=', 'state: expected one of pending, '],
    ['/tasks?limit=', 'limit: expected a whole number from 1 to 1000, got ""'],
    ['/tasks?limit=1e2', 'limit: expected a whole number from 1 to 1000, got "1e2"'],
    ['/tasks?order=best', 'order: expected one of oldest, newest, got "best"'],
    ['/events?only=changes', 'only: expected metrics, got "changes"'],
  ])('is refused by its name: %s', async (path, error) => {
    const { url } = await openWith(0);
    const answer = await fetch(`${url}${path}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error: expect.stringContaining(error) as string });
  });
});
