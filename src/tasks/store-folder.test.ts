import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { afterEach, describe, expect, it } from 'vitest';
import { createNodePlatform } from '../platform/node-platform.js';
import { Ledger } from './ledger.js';
import { folderStore } from './store-folder.js';
import type { TaskStore } from './store.js';
import { StoreLayoutError } from './task-error.js';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'faultline-store-'));
  opened.push(() => rmSync(path, { recursive: true }));
  return path;
}

async function store(path: string): Promise<TaskStore> {
  const made = await folderStore(path, { platform: createNodePlatform(), keepsUntold: false });
  opened.push(() => made.close());
  return made;
}

/** As a version of faultline leaves it that keeps tasks in another way. */
async function foreignFolder(numbers: Readonly<Record<string, number>>): Promise<string> {
  const path = folder();
  const root = open({ path, noSubdir: false });
  for (const [name, value] of Object.entries(numbers)) {
    await root.openDB<number, string>({ name: 'numbers', encoding: 'msgpack' }).put(name, value);
  }
  await root.openDB({ name: 'tasks', encoding: 'msgpack' }).put(1, { taskType: 'build' });
  await root.close();
  return path;
}

async function refusal(path: string): Promise<unknown> {
  return store(path).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a folder of tasks', () => {
  it('gives back all that was written, in a later life', async () => {
    const path = folder();
    const first = await store(path);
    const ledger = new Ledger();
    const write = () => first.write(ledger.takeChanges());
    const odd = {
      'Ünicode ': [null, undefined, -0.5, 2 ** 60, 'x'.repeat(70_000)],
      at: new Date(7),
    };
    const done = ledger.add({ taskType: 'build', bytes: Buffer.from([0, 255]), odd }, {}, 1.25);
    const failed = ledger.add({ taskType: 'test' }, { priority: -3, retriesMax: 1 }, 2);
    ledger.add({ taskType: 'build' }, { delayMs: 1000 }, 3);
    await write();
    const claim = { taskId: done, attempt: 1, workerId: 'anna' };
    ledger.assign({ workerId: 'anna', taskTypes: ['build'] }, 4);
    ledger.progress(claim, 'running', 5);
    ledger.complete(claim, { odd, words: ['ap', 'ple'] }, 6);
    await write();
    ledger.assign({ workerId: 'bert', taskTypes: ['test'] }, 7);
    ledger.fail({ taskId: failed, attempt: 1, workerId: 'bert' }, 'no disk', 8);
    await write();
    await first.close();
    const { seq, records } = (await (await store(path)).load()) ?? {};
    expect(seq).toBe(3);
    expect(records).toEqual(ledger.snapshot().records);
    expect(records?.[0]?.result).toEqual({ odd, words: ['ap', 'ple'] });
    expect(records?.[1]?.steps.at(-1)).toMatchObject({ state: 'failed', reason: 'no disk' });
  });

  it('is refused, and left alone, when its tasks are kept in an unknown way', async () => {
    const path = await foreignFolder({ layout: 99 });
    for (let tries = 0; tries < 2; tries++) {
      const error = await refusal(path);
      expect(error).toBeInstanceOf(StoreLayoutError);
      expect(error).toMatchObject({ code: 'ERR_TASK_STORE_LAYOUT', path, layout: 99 });
      expect((error as Error).message).toBe(
        `Expected the tasks in ${path} to be kept in layout 1, but they are in layout 99; ` +
          'let the version of faultline that wrote them finish them, ' +
          'or keep these tasks in another folder',
      );
    }
    const unnumbered = await refusal(await foreignFolder({ seq: 4 }));
    expect(unnumbered).toBeInstanceOf(StoreLayoutError);
    expect((unnumbered as Error).message).toContain('in one without a number');
  });
});
