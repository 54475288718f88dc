import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { createNodePlatform } from '../platform/node-platform.js';
import { Offload, createOffload } from './offload.js';
import {
  OffloadAbortedError,
  OffloadModuleError,
  OffloadQueueFullError,
  OffloadTaskError,
  OffloadTimeoutError,
} from './offload-error.js';
import { OffloadPool, type OffloadOptions } from './offload-pool.js';
import { hrefOf } from './user-module.js';

const work = new URL('./testing/work.ts', import.meta.url);
const pools: OffloadPool[] = [];
const silent = (): void => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };

afterEach(async () => {
  await Promise.all(pools.splice(0).map((each) => each.close()));
});

describe('a function that is run in a thread', () => {
  it('gets the arguments and gives its result, away from the event loop that asked', async () => {
    const one = pool();
    expect(await one.run<number>(work, 'twice', [21])).toBe(42);
    const where = await one.run<{ isMainThread: boolean }>(work, 'whereAmI');
    expect(where.isMainThread).toBe(false);
    expect(await one.run(work, 'whereFrom')).toBe(work.href);
  });

  it('may be one of a module in JavaScript, by its path', async () => {
    const path = new URL('../../node_modules/picocolors/picocolors.js', import.meta.url).pathname;
    await expect(pool().run(path, 'nothing')).rejects.toThrow('it exports no function nothing');
  });

  it('takes what is transferred to it, and leaves nothing behind', async () => {
    const bytes = new Uint8Array(1000);
    const transfer = [bytes.buffer];
    expect(await pool().run<number>(work, 'measure', [bytes], { transfer })).toBe(1000);
    expect(bytes.byteLength).toBe(0);
  });

  it('fails with what it threw as the cause', async () => {
    const failed = await rejection(pool().run(work, 'fail'));
    expect(failed).toBeInstanceOf(OffloadTaskError);
    expect(failed.message).toBe('fail of work.ts failed: too much');
    expect(failed.cause).toMatchObject({ name: 'RangeError', code: 'ERR_TOO_MUCH' });
  });

  it('fails when its thread dies, and the next one runs', async () => {
    const one = pool({ maxThreads: 1 });
    const [died, next] = [rejection(one.run(work, 'die')), one.run<number>(work, 'twice', [1])];
    expect(await died).toBeInstanceOf(OffloadTaskError);
    expect((await died).message).toContain('code: 3');
    expect(await next).toBe(2);
  });

  it('fails when its result or its arguments cannot cross', async () => {
    const one = pool();
    expect(await rejection(one.run(work, 'unclonable'))).toBeInstanceOf(OffloadTaskError);
    expect(await rejection(one.run(work, 'twice', [() => 1]))).toBeInstanceOf(OffloadTaskError);
  });

  it('fails when there is no such module, no such function, or no sense in it', async () => {
    const one = pool();
    const missing = new URL('./testing/nothing.mjs', import.meta.url);
    const cases = [
      [missing, 'Cannot find module'],
      [new URL('./testing/nothing.ts', import.meta.url), 'not to be compiled'],
      [new URL('./testing/broken.ts', import.meta.url), 'this module does not load'],
    ] as const;
    for (const [module, why] of cases) {
      const failed = await rejection(one.run(module, 'never'));
      expect(failed).toBeInstanceOf(OffloadModuleError);
      expect(failed.message).toContain(why);
    }
  });
});

describe('a pool', () => {
  it('refuses the task that is one too many, and begins the others in order', async () => {
    const one = pool({ maxThreads: 1, maxQueue: 2 });
    const hold = new Hold();
    const first = one.run<string>(work, 'holdUntilTold', [hold.flags, 'first']);
    await hold.begun();
    const ends: string[] = [];
    const others = ['second', 'third'].map(async (value) => {
      ends.push(await one.run<string>(work, 'holdUntilTold', [hold.flags, value]));
    });
    expect(one.load).toEqual({ running: 1, waiting: 2 });
    const refused = await rejection(one.run(work, 'twice', [1]));
    expect(refused).toBeInstanceOf(OffloadQueueFullError);
    expect(refused).toMatchObject({ maxQueue: 2, code: 'ERR_OFFLOAD_QUEUE_FULL' });
    hold.tell();
    expect(await first).toBe('first');
    await Promise.all(others);
    expect(ends).toEqual(['second', 'third']);
  });

  it('ends a task in the middle of its work when it is aborted, and goes on', async () => {
    const one = pool({ maxThreads: 1 });
    const [busy, hold] = [new AbortController(), new Hold()];
    const { signal } = busy;
    const ended = rejection(one.run(work, 'holdUntilTold', [hold.flags, ''], { signal }));
    const next = one.run<number>(work, 'twice', [4]);
    await hold.begun();
    busy.abort(new Error('nobody waits any more'));
    expect(await ended).toBeInstanceOf(OffloadAbortedError);
    expect(await ended).toMatchObject({ cause: { message: 'nobody waits any more' } });
    expect(await next).toBe(8);
  });

  it('forgets a task that is aborted while it waits', async () => {
    const one = pool({ maxThreads: 1, maxQueue: 1 });
    const hold = new Hold();
    const first = one.run<string>(work, 'holdUntilTold', [hold.flags, 'first']);
    const given = new AbortController();
    const second = rejection(one.run(work, 'fail', [], { signal: given.signal }));
    given.abort();
    expect(await second).toBeInstanceOf(OffloadAbortedError);
    expect(one.load).toEqual({ running: 1, waiting: 0 });
    hold.tell();
    expect(await first).toBe('first');
    const late = rejection(one.run(work, 'fail', [], { signal: given.signal }));
    expect(await late).toBeInstanceOf(OffloadAbortedError);
  });

  it('ends a task that is not done in time', async () => {
    const hold = new Hold();
    const task = pool().run(work, 'holdUntilTold', [hold.flags, ''], { timeoutMs: 1 });
    const late = await rejection(task);
    expect(late).toBeInstanceOf(OffloadTimeoutError);
    expect(late).toMatchObject({ timeoutMs: 1 });
  });

  it('aborts what runs and what waits when it is closed, and can be used again', async () => {
    const one = pool({ maxThreads: 1 });
    const hold = new Hold();
    const tasks = [1, 2].map(() => rejection(one.run(work, 'holdUntilTold', [hold.flags, ''])));
    await hold.begun();
    await one.close();
    for (const task of tasks) expect(await task).toBeInstanceOf(OffloadAbortedError);
    expect(await one.run<number>(work, 'twice', [2])).toBe(4);
  });

  it('fails the tasks whose threads do not come up', async () => {
    const one = pool({ execArgv: ['--import', 'data:text/javascript,throw 1'] });
    const tasks = [1, 2, 3].map((value) => rejection(one.run(work, 'twice', [value])));
    for (const task of tasks) expect(await task).toBeInstanceOf(OffloadTaskError);
  });

  it('says which bound makes no sense', () => {
    expect(() => createOffload({ maxThreads: 0 })).toThrow('maxThreads');
    expect(() => createOffload({ maxQueue: -1 })).toThrow('maxQueue');
  });
});

describe('the pool of a node', () => {
  it('takes new bounds while tasks of the former ones are finished', async () => {
    const hold = new Hold();
    const before = Offload.run<string>(work, 'holdUntilTold', [hold.flags, 'before']);
    Offload.configure({ maxThreads: 1, maxQueue: 0 });
    const other = new Hold();
    const after = Offload.run<string>(work, 'holdUntilTold', [other.flags, 'after']);
    expect(await rejection(Offload.run(work, 'twice', [1]))).toBeInstanceOf(OffloadQueueFullError);
    hold.tell();
    other.tell();
    expect(await Promise.all([before, after])).toEqual(['before', 'after']);
    await Offload.close();
  });

  it('does not keep a finished script alive, idle threads or not', async () => {
    const path = (name: string): string => JSON.stringify(hrefOf(`${import.meta.dirname}/${name}`));
    const script = `
      import { createOffload } from ${path('offload.ts')};
      const pool = createOffload({ idleTimeoutMs: 1e9 });
      console.log(await pool.run(new URL(${path('testing/work.ts')}), 'twice', [21]));
    `;
    const command = ['--import', 'tsx', '--input-type=module', '--eval', script];
    const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(text).toBe('42\n');
  });
});

/** Holds up tasks in other threads. */
class Hold {
  readonly flags = new SharedArrayBuffer(8);
  readonly #view = new Int32Array(this.flags);

  async begun(): Promise<void> {
    await (Atomics as unknown as AsyncAtomics).waitAsync(this.#view, 0, 0).value;
  }

  tell(): void {
    Atomics.store(this.#view, 1, 1);
  }
}

// Every version of Node that is supported has it; the types of the language do not yet.
interface AsyncAtomics {
  waitAsync(view: Int32Array, index: number, value: number): { value: string | Promise<string> };
}

function pool(options?: OffloadOptions): OffloadPool {
  const made = new OffloadPool(createNodePlatform({ log }), options);
  pools.push(made);
  return made;
}

async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error('it was expected to fail'),
    (error: unknown) => error as Error,
  );
}
