// What becomes of tasks while their folder takes no writes, and of values that it cannot keep.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { deferred } from '../base/deferred.js';
import { createNodePlatform } from '../platform/node-platform.js';
import { LedgerDesk } from './ledger-desk.js';
import { Ledger } from './ledger.js';
import { folderStore } from './store-folder.js';
import type { TaskStore } from './store.js';
import { InvalidTaskError, StoreWriteError } from './task-error.js';

const opened: (() => unknown)[] = [];
const unhandled: unknown[] = [];
const note = (error: unknown) => unhandled.push(error);
process.on('unhandledRejection', note);
afterEach(async () => {
  letWrite(true);
  for (const close of opened.splice(0).reverse()) await close();
  expect(unhandled.splice(0)).toEqual([]);
});

const platform = createNodePlatform();

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'faultline-failure-'));
  opened.push(() => rmSync(path, { recursive: true }));
  return path;
}

async function storeIn(path: string): Promise<TaskStore> {
  const store = await folderStore(path, { platform, keepsUntold: true });
  opened.push(() => store.close());
  return store;
}

/** As a full disk does it: nothing can be written any more, or again. */
function letWrite(isLet: boolean): void {
  if (process.platform !== 'linux') return;
  execFileSync('prlimit', [`--pid=${process.pid}`, `--fsize=${isLet ? 'unlimited' : 1}:`]);
}

interface World {
  readonly desk: LedgerDesk;
  readonly completed: string[];
  /** Resolves when the store takes writes again. */
  recovered(): Promise<void>;
}

async function deskIn(path: string): Promise<World> {
  let recovering = deferred<void>();
  const warn = (): void => {
    recovering.resolve();
    recovering = deferred();
  };
  const log = { ...platform.log, info: () => undefined, error: () => undefined, warn };
  const store = await folderStore(path, { platform, keepsUntold: true });
  const desk = new LedgerDesk({ platform, store, log }, { retriesMax: 0 });
  await desk.open();
  opened.push(() => desk.close());
  const completed: string[] = [];
  desk.onChange(({ step, record }) => {
    if (step.state === 'completed')
      completed.push(`${record.task.taskId}: ${String(record.result)}`);
  });
  return { desk, completed, recovered: () => recovering.promise };
}

async function claimOf(desk: LedgerDesk, workerId = 'anna') {
  const assigned = await desk.assign({ workerId, taskTypes: ['*'] });
  if (assigned === undefined) throw new Error('there is no task now');
  return { taskId: assigned.task.taskId, attempt: assigned.attempt, workerId };
}

function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

const circle: unknown[] = [];
circle.push(circle);

describe('a value that a folder cannot keep', () => {
  it.each([
    ['nested too deep', nested(3000), 'nested more than 1000 deep'],
    ['in a circle', { circle }, 'in a circle'],
    ['a symbol', [Symbol('odd')], 'symbol that cannot be stored'],
    ['a large integer', { at: 2n ** 70n }, 'bigint that cannot be stored'],
    ['renamed', JSON.parse('{"a":{"__proto__":1}}'), 'a field named __proto__'],
  ])('fails its try when it is %s, and harms nothing beside it', async (_name, odd, why) => {
    const { desk, completed } = await deskIn(folder());
    for (const taskId of ['odd', 'good', 'later']) await desk.add({ taskId, taskType: 'build' });
    const [oddClaim, goodClaim] = [await claimOf(desk), await claimOf(desk)];
    const settled = await Promise.all([
      desk.settle({ kind: 'complete', claim: oddClaim, result: odd }),
      desk.settle({ kind: 'complete', claim: goodClaim, result: 'fine' }),
      expect(desk.add({ taskType: 'build', odd })).rejects.toThrow(InvalidTaskError),
    ]);
    expect(settled.slice(0, 2)).toEqual([
      { verdict: { kind: 'accepted' }, next: undefined },
      { verdict: { kind: 'accepted' }, next: undefined },
    ]);
    expect(completed).toEqual(['good: fine']);
    expect(desk.get('odd')?.state).toBe('deadLetter');
    expect(desk.get('odd')?.error).toContain(why);
    expect(desk.isReady()).toBe(true);
  });

  it('takes what was to be stored with it along, and leaves nothing half done', async () => {
    const store = await storeIn(folder());
    const ledger = new Ledger();
    ledger.add({ taskId: 'good', taskType: 'build' }, {}, 0);
    ledger.add({ taskId: 'odd', taskType: 'build', odd: Symbol('odd') }, {}, 0);
    await expect(store.write(ledger.takeChanges())).rejects.toThrow(StoreWriteError);
    expect(await store.load()).toBeUndefined();
    await store.recover();
    const next = new Ledger({}, await store.load());
    next.add({ taskId: 'good', taskType: 'build' }, {}, 0);
    await store.write(next.takeChanges());
    expect((await store.load())?.records.map(({ task }) => task.taskId)).toEqual(['good']);
  });
});

describe.skipIf(process.platform !== 'linux')('a folder that takes no writes', () => {
  it('refuses everything until it does, and goes on from what was stored', async () => {
    const path = folder();
    const { desk, completed, recovered } = await deskIn(path);
    await desk.add({ taskId: 'kept', taskType: 'build' });
    const claim = await claimOf(desk);
    letWrite(false);
    const again = recovered();
    const refusals = await Promise.allSettled([
      desk.settle({ kind: 'complete', claim, result: 'first' }),
      desk.add({ taskId: 'lost', taskType: 'build' }),
    ]);
    const late = await Promise.allSettled([desk.add({ taskType: 'build' }), claimOf(desk)]);
    for (const refusal of [...refusals, ...late]) {
      expect(refusal).toMatchObject({ status: 'rejected', reason: { path } });
      expect((refusal as PromiseRejectedResult).reason).toBeInstanceOf(StoreWriteError);
    }
    expect([desk.isReady(), completed]).toEqual([false, []]);
    letWrite(true);
    await again;
    expect([desk.isReady(), desk.get('lost')]).toEqual([true, undefined]);
    await desk.settle({ kind: 'complete', claim, result: 'second' });
    expect(completed).toEqual(['kept: second']);
  });

  it('closes at once, and has in its next life what was acknowledged', async () => {
    const path = folder();
    const { desk } = await deskIn(path);
    await desk.add({ taskId: 'kept', taskType: 'build' });
    letWrite(false);
    await expect(desk.add({ taskType: 'build' })).rejects.toThrow(StoreWriteError);
    await desk.close();
    letWrite(true);
    const next = await deskIn(path);
    expect(next.desk.list().tasks.map(({ taskId }) => taskId)).toEqual(['kept']);
  });

  it('takes nothing that stands on what was not stored', async () => {
    const store = await storeIn(folder());
    const ledger = new Ledger();
    let second: Promise<void> | undefined;
    const task = {
      taskType: 'build',
      // Read when the first write is under way.
      get now() {
        ledger.add({ taskType: 'build' }, {}, 0);
        second ??= store.write(ledger.takeChanges());
        return 0;
      },
    };
    ledger.add({ taskType: 'build' }, {}, 0);
    const [first] = ledger.takeChanges();
    if (first?.kind !== 'put') throw new Error('a task that is added is put');
    letWrite(false);
    const record = { ...first.record, task: Object.assign(task, { taskId: 'first' }) };
    await expect(store.write([{ ...first, record }])).rejects.toThrow(StoreWriteError);
    letWrite(true);
    await expect(second).rejects.toThrow(StoreWriteError);
    await expect(store.write(ledger.takeChanges())).rejects.toThrow(StoreWriteError);
    expect(await store.load()).toBeUndefined();
    await store.recover();
    expect(await store.load()).toBeUndefined();
  });
});
