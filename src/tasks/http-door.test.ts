import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openHttpDoor } from './http-door.js';
import { TokenRequiredError } from './task-error.js';
import { type DeskSetting, type OpenDesk, openDesk } from './testing/open-desk.js';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function open(setting: DeskSetting = {}): Promise<OpenDesk> {
  const desk = await openDesk(setting);
  opened.push(desk.close);
  return desk;
}

async function projects(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-http-'));
  opened.push(() => rmSync(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'projects', 'shop'), { recursive: true });
  await writeFile(join(folder, 'projects', 'shop', 'index.js'), 'export default () => 1;');
  await mkdir(join(folder, 'secret'));
  await writeFile(join(folder, 'secret', 'index.js'), 'the secret');
  return join(folder, 'projects');
}

interface Answer {
  readonly status: number;
  readonly body: Body;
}

interface Body {
  readonly taskId?: string;
  readonly next?: string;
  readonly tasks: readonly { readonly taskId: string }[];
  readonly task?: { readonly files: unknown };
  readonly addedTasks?: unknown;
  readonly failedTasks?: unknown;
}

async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(url, init);
  return { status: answer.status, body: (await answer.json()) as Body };
}

function post(url: string, body: unknown): Promise<Answer> {
  return ask(url, { method: 'POST', body: JSON.stringify(body) });
}

/** A body whose error has these words. */
function says(words: string): { readonly error: string } {
  return { error: expect.stringContaining(words) as string };
}

/** Asks with headers that `fetch` does not let anybody set. */
function askAs(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

const build = { projectName: 'shop', options: { taskType: 'build' } };

describe('adding a task', () => {
  it('gives its id, one that was given or a new one', async () => {
    const { url, desk } = await open();
    const named = { ...build, options: { ...build.options, taskId: 'b1', args: ['-v'] } };
    expect(await post(`${url}/addTask`, named)).toEqual({
      status: 200,
      body: { message: 'Task added', taskId: 'b1' },
    });
    const { body } = await post(`${url}/addTask`, build);
    expect(body.taskId).toMatch(/./);
    expect(desk.counts().pending).toBe(2);
    expect(desk.get('b1')?.task).toMatchObject({ taskType: 'build', args: ['-v'] });
  });

  it('ships the project, and keeps how it is queued', async () => {
    const { url, desk } = await open({ taskFolderPath: await projects() });
    const options = {
      taskType: 'build',
      taskId: 'a',
      additionalOptions: { depth: 2 },
      priority: 7,
    };
    await post(`${url}/addTask`, { projectName: 'shop', options });
    expect(desk.get('a')).toMatchObject({
      priority: 7,
      task: {
        type: 'executeCode',
        projectName: 'shop',
        files: { 'index.js': 'export default () => 1;' },
        entryPoint: 'index.js',
        options: { depth: 2 },
      },
    });
    const { body } = await ask(`${url}/tasks/a`);
    expect(body.task?.files).toEqual({ 'index.js': 23 });
  });

  it.each<[string, unknown, string]>([
    ['no project', { options: { taskType: 'build' } }, 'projectName: expected a text'],
    ['no task type', { projectName: 'shop', options: {} }, 'options.taskType: expected a text'],
    ['no options', { projectName: 'shop' }, 'options: expected an object with a taskType'],
    ['a number', 7, 'expected an object, got 7'],
    ['odd arguments', { ...build, options: { taskType: 'b', args: 'x' } }, 'options.args: exp'],
    ['an odd timeout', { ...build, options: { taskType: 'b', timeout: -1 } }, 'options.timeout'],
    ['a path', { ...build, projectName: '../secret' }, 'projectName to be a name and no path'],
    ['an absolute path', { ...build, projectName: '/etc' }, 'to be a name and no path'],
    ['no such project', { ...build, projectName: 'shoe' }, 'there is no folder of that name'],
    [
      'a folder outside',
      { ...build, options: { taskType: 'b', workingDirectory: '../..' } },
      'options.workingDirectory to be a path inside',
    ],
  ])('with %s is refused, and nothing is added', async (_what, body, error) => {
    const { url, desk } = await open({ taskFolderPath: await projects() });
    const answer = await post(`${url}/addTask`, body);
    expect(answer).toEqual({ status: 400, body: says(error) });
    expect(desk.list().tasks).toEqual([]);
  });

  it('of an id that is known is refused, and so is one that finds no room', async () => {
    const { url, desk } = await open({ ledger: { pendingMax: 1 } });
    const first = { ...build, options: { ...build.options, taskId: 'a' } };
    await post(`${url}/addTask`, first);
    expect(await post(`${url}/addTask`, first)).toMatchObject({ status: 409 });
    const full = await post(`${url}/addTask`, build);
    expect(full).toMatchObject({ status: 503, body: says('wait already') });
    expect(desk.list().tasks).toHaveLength(1);
  });

  it('is refused as malformed JSON, with the place of the mistake', async () => {
    const { url, desk } = await open();
    for (const [text, error] of [
      ['{ "projectName": ', 'Expected the body to be JSON: '],
      ['', 'Expected the body to be JSON: it is empty'],
    ] as const) {
      const answer = await ask(`${url}/addTask`, { method: 'POST', body: text });
      expect(answer).toEqual({ status: 400, body: says(error) });
    }
    expect(desk.list().tasks).toEqual([]);
  });

  it('is refused when its body has 100 MB, announced or not', async () => {
    const { url, door, desk } = await open();
    const large = Buffer.alloc(100_000_000, ' ');
    expect(await ask(`${url}/addTask`, { method: 'POST', body: large })).toMatchObject({
      status: 413,
      body: { error: 'Expected a body of at most 10 MiB; send the tasks in several' },
    });
    expect(await firstLine(door.port, 100_000_000)).toBe('HTTP/1.1 413 Payload Too Large');
    expect(desk.list().tasks).toEqual([]);
    expect((await ask(`${url}/healthz`)).status).toBe(200);
  });
});

describe('adding several tasks', () => {
  it('adds what it can and says what is wrong with the rest', async () => {
    const { url, desk } = await open({ taskFolderPath: await projects() });
    const bodies = [
      { ...build, options: { taskType: 'a', taskId: '1' } },
      { projectName: '../secret', options: { taskType: 'a' } },
      { projectName: 'shop', options: {} },
      { options: { taskType: 'a' } },
      { ...build, options: { taskType: 'a', taskId: '1' } },
      { ...build, options: { taskType: 'b', taskId: '2' } },
    ];
    const { status, body } = await post(`${url}/addTasks`, bodies);
    expect(status).toBe(200);
    expect(body.addedTasks).toEqual(['1', '2']);
    expect(body.failedTasks).toEqual([
      { projectName: '../secret', ...says('a name and no path') },
      { projectName: 'shop', ...says('options.taskType') },
      { projectName: 'undefined', ...says('projectName') },
      { projectName: 'shop', ...says('added already') },
    ]);
    expect(desk.list().tasks.map(({ taskId }) => taskId)).toEqual(['1', '2']);
  });

  it('takes an array and nothing else', async () => {
    const { url } = await open();
    const answer = await post(`${url}/addTasks`, build);
    expect(answer).toMatchObject({ status: 400, body: says('Expected an array of tasks') });
  });
});

describe('asking about tasks', () => {
  it('gives pages, one task with its history, and workers', async () => {
    const { url } = await open();
    const bodies = ['a', 'b', 'c'].map((taskId) => ({
      ...build,
      options: { taskType: 'build', taskId },
    }));
    await post(`${url}/addTasks`, bodies);
    const first = (await ask(`${url}/tasks?limit=2`)).body;
    expect(first.tasks.map(({ taskId }) => taskId)).toEqual(['a', 'b']);
    const rest = (await ask(`${url}/tasks?after=${first.next}&state=pending`)).body;
    expect(rest.tasks.map(({ taskId }) => taskId)).toEqual(['c']);
    expect(rest).not.toHaveProperty('next');
    const { body } = await ask(`${url}/tasks/b`);
    expect(body).toMatchObject({ taskId: 'b', history: [{ state: 'pending' }] });
    expect((await ask(`${url}/workers`)).body).toEqual({ workers: [] });
  });

  it('cancels one, once', async () => {
    const { url, desk } = await open();
    await post(`${url}/addTask`, { ...build, options: { taskType: 'b', taskId: 'a' } });
    const cancel = () => ask(`${url}/tasks/a`, { method: 'DELETE' });
    expect(await cancel()).toEqual({
      status: 200,
      body: { message: 'Task cancelled', taskId: 'a' },
    });
    expect(await cancel()).toMatchObject({ status: 409, body: says('is over') });
    expect(desk.get('a')?.state).toBe('deadLetter');
  });

  it.each([
    ['GET', '/tasks/nobody', 404, 'There is no task "nobody"'],
    ['DELETE', '/tasks/nobody', 404, 'There is no task "nobody"'],
    ['GET', '/tasks?state=lazy', 400, 'state: expected one of pending, '],
    ['GET', '/tasks?limit=0', 400, 'limit: expected a whole number from 1 to 1000, got "0"'],
    ['GET', '/elsewhere', 404, 'There is nothing at GET /elsewhere'],
    ['PUT', '/addTask', 404, 'There is nothing at PUT /addTask'],
  ])('%s %s is answered with %d', async (method, path, status, error) => {
    const { url } = await open();
    const answer = await ask(`${url}${path}`, { method });
    expect(answer).toEqual({ status, body: says(error) });
  });

  it('tells machines how it is', async () => {
    const { url, desk } = await open();
    await post(`${url}/addTask`, build);
    expect((await ask(`${url}/readyz`)).status).toBe(200);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('faultline_tasks{state="pending"} 1\n');
    expect(metrics).toContain('# TYPE faultline_tasks_added_total counter\n');
    for (const line of metrics.trimEnd().split('\n')) {
      expect(line).toMatch(/^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{\w+="\w+"\})? [\d.e+-]+)$/);
    }
    await desk.close();
    expect(await ask(`${url}/readyz`)).toEqual({ status: 503, body: { status: 'not ready' } });
    expect((await post(`${url}/addTask`, build)).status).toBe(503);
    expect((await ask(`${url}/healthz`)).status).toBe(200);
  });
});

describe('events', () => {
  it('tell every change in order, and metrics', async () => {
    const { url, desk } = await open();
    const answer = await fetch(`${url}/events`);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (wanted: string): Promise<void> => {
      while (!text.includes(wanted)) text += (await reader.read()).value ?? '';
    };
    await until('event: metrics');
    for (const taskId of ['a', 'b']) await desk.add({ taskId, taskType: 'build' });
    await desk.cancel('a');
    await until('"state":"deadLetter"');
    const changes = [...text.matchAll(/event: change\ndata: (.*)\n/g)].map(([, data = '']) => {
      const { taskId, state } = JSON.parse(data) as Record<string, string>;
      return `${taskId} ${state}`;
    });
    expect(changes).toEqual(['a pending', 'b pending', 'a deadLetter']);
    await reader.cancel();
  });
});

describe('who may ask', () => {
  it('is everybody on this machine, but no page of another site', async () => {
    const { url, door } = await open();
    const own = `127.0.0.1:${door.port}`;
    expect(await askAs(`${url}/tasks`, { host: `localhost:${door.port}` })).toBe(200);
    expect(await askAs(`${url}/tasks`, { host: own, origin: `http://${own}` })).toBe(200);
    for (const headers of [
      { host: `evil.example:${door.port}` },
      { host: own, origin: 'https://evil.example' },
      { host: own, origin: 'null' },
    ]) {
      expect(await askAs(`${url}/tasks`, headers)).toBe(403);
    }
  });

  it('is who shows the token, where there is one', async () => {
    const { url, desk } = await open({ host: '0.0.0.0', token: 's3cret' });
    const body = JSON.stringify(build);
    const init = (authorization?: string): RequestInit => ({
      method: 'POST',
      body,
      headers: authorization === undefined ? {} : { authorization },
    });
    const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
    for (const wrong of [undefined, 'Bearer guess', 'Bearer', 's3cret', basic('s3cret:guess')]) {
      expect(await ask(`${url}/addTask`, init(wrong))).toMatchObject({
        status: 401,
        body: { error: 'Expected the token of this coordinator, as Authorization: Bearer TOKEN' },
      });
    }
    for (const path of ['/', '/healthz', '/events', '/metrics', '/nowhere']) {
      expect((await fetch(`${url}${path}`)).status).toBe(401);
    }
    expect(desk.list().tasks).toEqual([]);
    for (const right of ['Bearer s3cret', 'bearer s3cret', basic('me:s3cret')]) {
      expect((await ask(`${url}/addTask`, init(right))).status).toBe(200);
    }
    const page = await fetch(`${url}/`, { headers: { accept: 'text/html' } });
    expect(page.headers.get('www-authenticate')).toContain('Basic');
  });

  it('is nobody at an address that others reach, without a token', async () => {
    const { desk } = await open();
    const options = { desk, port: 0, token: undefined, taskFolderPath: undefined };
    await expect(openHttpDoor({ ...options, host: '0.0.0.0' })).rejects.toThrow(TokenRequiredError);
  });

  it('is told what to do when the port is taken', async () => {
    const { desk, door } = await open();
    const options = { desk, host: '127.0.0.1', token: undefined, taskFolderPath: undefined };
    const opening = openHttpDoor({ ...options, port: door.port });
    await expect(opening).rejects.toThrow(`Cannot listen at 127.0.0.1:${door.port}`);
  });
});

/** Sends a chunked body of spaces until it is answered, and gives the first line of the answer. */
function firstLine(port: number, bytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1').on('error', reject);
    socket.write('POST /addTask HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    let sent = 0;
    const more = (): void => {
      while (sent < bytes && !socket.destroyed) {
        sent += 0x10000;
        if (!socket.write(chunk)) return;
      }
    };
    socket.on('drain', more).once('data', (data: Buffer) => {
      resolve(data.toString().split('\r\n')[0] ?? '');
      socket.removeAllListeners('drain').destroy();
    });
    more();
  });
}
