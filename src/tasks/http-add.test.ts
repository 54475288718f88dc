import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { deferred } from '../base/deferred.js';
import { createNodePlatform } from '../platform/node-platform.js';
import type { Log } from '../platform/platform.js';
import { openHttpDoor } from './http-door.js';
import { type OpenDesk, openDesk } from './testing/open-desk.js';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function open(): Promise<OpenDesk> {
  const desk = await openDesk();
  opened.push(desk.close);
  return desk;
}

async function post(url: string, text: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(url, { method: 'POST', body: text });
  return { status: answer.status, body: await answer.json() };
}

const bodyOf = (options: object): string => {
  return JSON.stringify({ projectName: 'shop', options: { taskType: 'build', ...options } });
};
const says = (words: string) => ({ error: expect.stringContaining(words) as string });

/** An array in an array, and so on, as JSON. */
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('the id of a new task', () => {
  it.each(['.', '..', 'a\nb', 'a\u0000', 'a\u009b', '\ud800', ''])(
    'is refused when no address or no line can hold it: %j',
    async (taskId) => {
      const { url, desk } = await open();
      const error = 'options.taskId: expected a text of 1 to 256 characters, ';
      const body = bodyOf({ taskId });
      expect(await post(`${url}/addTask`, body)).toEqual({ status: 400, body: says(error) });
      expect(await post(`${url}/addTasks`, `[${body}]`)).toEqual({
        status: 200,
        body: { addedTasks: [], failedTasks: [{ projectName: 'shop', ...says(error) }] },
      });
      expect(desk.list().tasks).toEqual([]);
    },
  );

  it.each(['...', '.hidden', 'a/../b', 'my task', 'ünïcødé', '100%', '?#'])(
    'may be whatever an address can hold: %j',
    async (taskId) => {
      const { url } = await open();
      expect((await post(`${url}/addTask`, bodyOf({ taskId }))).status).toBe(200);
      const answer = await fetch(`${url}/tasks/${encodeURIComponent(taskId)}`);
      expect(await answer.json()).toMatchObject({ taskId });
    },
  );
});

describe('a body', () => {
  it('that is nested deeper than a task can be is refused by the name of its field', async () => {
    const { url, desk } = await open();
    for (const levels of [300, 100_000]) {
      const text = bodyOf({ additionalOptions: { a: '?' } }).replace('"?"', nested(levels));
      expect(await post(`${url}/addTask`, text)).toEqual({
        status: 400,
        body: {
          error: 'options.additionalOptions: expected at most 200 levels deep; nothing was added',
        },
      });
      const args = bodyOf({ args: '?' }).replace('"?"', nested(levels));
      expect((await post(`${url}/addTask`, args)).status).toBe(400);
      expect((await post(`${url}/addTask`, nested(levels))).status).toBe(400);
    }
    expect(desk.list().tasks).toEqual([]);
  });

  it('with a field that is none is refused, with the one that was meant', async () => {
    const { url, desk } = await open();
    for (const [text, error] of [
      [bodyOf({ depth: 1 }), 'options.depth: expected no such field; what is the task'],
      [bodyOf({ prioritty: 1 }), 'options.prioritty: expected no such field; did you mean prior'],
      [bodyOf({ TaskId: null }), 'options.TaskId: expected no such field; did you mean taskId?'],
      [bodyOf({ ['x'.repeat(9999)]: 1 }), `options.${'x'.repeat(60)}...: expected no such field`],
      [bodyOf({}).replace('{', '{"priority":1,'), 'priority: expected no such field'],
    ] as const) {
      expect(await post(`${url}/addTask`, text)).toEqual({ status: 400, body: says(error) });
    }
    expect(desk.list().tasks).toEqual([]);
    const free = bodyOf({ additionalOptions: { typo: 1 } });
    expect((await post(`${url}/addTask`, free)).status).toBe(200);
  });

  it('that ends with its connection is no error of the coordinator', async () => {
    const { desk } = await open();
    const told = deferred<readonly [level: string, message: string]>();
    const tell = (level: string) => (message: string) => told.resolve([level, message]);
    const levels = ['debug', 'info', 'warn', 'error'] as const;
    const log = Object.fromEntries(levels.map((level) => [level, tell(level)])) as unknown as Log;
    const options = { desk, host: '127.0.0.1', port: 0, token: undefined };
    const door = await openHttpDoor(
      { ...options, taskFolderPath: undefined },
      { ...createNodePlatform(), log },
    );
    opened.push(() => door.close());
    const socket = connect(door.port, '127.0.0.1');
    const head = 'POST /addTask HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n';
    socket.write(`${head}Content-Length: 99\r\n\r\n`);
    await once(socket, 'data');
    socket.write('{', () => socket.destroy());
    const [level, message] = await told.promise;
    expect([level, message]).toEqual(['debug', 'a request ended before its body did']);
    expect(desk.list().tasks).toEqual([]);
  });
});
