// Coordinators that want one folder, in this process and in others.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createNodePlatform } from '../platform/node-platform.js';
import { folderStore } from './store-folder.js';
import type { TaskStore } from './store.js';
import { StoreInUseError } from './task-error.js';
import { forkedCoordinator } from './testing/forked.js';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const options = { platform: createNodePlatform(), keepsUntold: false };

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'faultline-hold-'));
  opened.push(() => rmSync(path, { recursive: true }));
  return path;
}

async function store(path: string): Promise<TaskStore> {
  const made = await folderStore(path, options);
  opened.push(() => made.close());
  return made;
}

async function refusal(opening: Promise<unknown>): Promise<StoreInUseError> {
  const error: unknown = await opening.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StoreInUseError);
  return error as StoreInUseError;
}

describe('a folder of tasks', () => {
  it('is refused while another process keeps its tasks there, a stopped one too', async () => {
    const path = folder();
    const { child, kill } = await forkedCoordinator(path);
    opened.push(kill);
    const { pid } = child;
    const error = await refusal(store(path));
    expect(error).toMatchObject({ code: 'ERR_TASK_STORE_IN_USE', path, pid });
    expect(error.message).toBe(
      `Expected the folder ${path} to be free, but process ${pid} keeps its tasks there; ` +
        'stop that one first, or keep these tasks in another folder',
    );
    child.kill('SIGSTOP');
    expect((await refusal(store(path))).pid).toBe(pid);
  });

  it('opens at once when the process that had it was killed', async () => {
    const path = folder();
    const first = await forkedCoordinator(path);
    opened.push(first.kill);
    const added = await first.ask<string[]>({ add: 3 });
    await first.kill();
    const next = await store(path);
    expect((await next.load())?.records.map(({ task }) => task.taskId)).toEqual(added);
    expect(readdirSync(path).filter((name) => name.startsWith('holder-')).length).toBe(1);
  });

  it('is refused a second time in one process, and free again when it is closed', async () => {
    const path = folder();
    const first = await store(path);
    expect((await refusal(store(path))).pid).toBe(process.pid);
    // The first one is none the worse for it.
    expect(await first.load()).toBeUndefined();
    await first.write([{ kind: 'forget', taskId: 'a', seq: 7 }]);
    await first.close();
    expect(await (await store(path)).load()).toEqual({ seq: 7, records: [] });
  });

  it('goes to exactly one of many that want it at the same time', async () => {
    const path = folder();
    const openings = await Promise.allSettled(Array.from({ length: 8 }, () => store(path)));
    const won = openings.filter(({ status }) => status === 'fulfilled');
    expect(won).toHaveLength(1);
  });

  it('may have a long name, or one that looks like a file', async () => {
    for (const name of ['tasks.db', join('deep'.repeat(20), 'deeper'.repeat(10))]) {
      const path = join(folder(), name);
      mkdirSync(path, { recursive: true });
      await store(path);
      expect((await refusal(store(path))).path).toBe(path);
    }
  });
});
