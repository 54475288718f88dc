import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TaskStore } from './task-store.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'task-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function contents(store: TaskStore, prefix: string): [string, string][] {
  return [...store.scan(prefix)].map(([key, value]) => [key, new TextDecoder().decode(value)]);
}

it('a store has what was synced when it is opened again, in the order of its keys', async () => {
  const store = new TaskStore(join(folder, 'made', 'here'));
  for (const key of ['task/2', 'task/10', 'attempt/1', 'task/1']) store.put(key, bytes(key));
  await store.sync();
  store.put('task/1', bytes('later'));
  await store.close();
  const again = new TaskStore(join(folder, 'made', 'here'));
  expect(contents(again, 'task/')).toEqual([
    ['task/1', 'later'],
    ['task/10', 'task/10'],
    ['task/2', 'task/2'],
  ]);
  expect(again.get('nothing')).toBeUndefined();
  await again.close();
});

it('a store shows at once what was put, synced or not', async () => {
  const store = new TaskStore(folder);
  store.put('a', bytes('1'));
  expect(contents(store, '')).toEqual([['a', '1']]);
  const synced = store.sync();
  store.put('a', bytes('2'));
  await synced;
  expect(contents(store, '')).toEqual([['a', '2']]);
  await store.close();
});
