import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createNodePlatform } from '../platform/node-platform.js';
import { Ledger } from './ledger.js';
import { damageOf } from './store-file.js';
import { folderStore } from './store-folder.js';
import { StoreOpenError } from './task-error.js';

const folder = mkdtempSync(join(tmpdir(), 'faultline-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const options = { platform: createNodePlatform(), keepsUntold: false };

/** A folder with tasks, large and small, some of which were forgotten. */
async function filled(): Promise<string> {
  const path = mkdtempSync(join(folder, 'filled-'));
  const store = await folderStore(path, options);
  const ledger = new Ledger({ finishedMax: 100 });
  for (let n = 0; n < 500; n++) {
    ledger.add({ taskType: 'build', text: 'x'.repeat(n % 50 === 0 ? 20_000 : 100) }, {}, 0);
  }
  await store.write(ledger.takeChanges());
  for (let n = 1; n <= 300; n++) ledger.cancel(`task-${n}`, 1);
  await store.write(ledger.takeChanges());
  await store.close();
  return path;
}

/** The folder of a copy, after `damage` was done to it. */
function damaged(path: string, damage: (file: string) => void): string {
  const copy = mkdtempSync(join(folder, 'damaged-'));
  copyFileSync(join(path, 'data.mdb'), join(copy, 'data.mdb'));
  damage(join(copy, 'data.mdb'));
  return copy;
}

function pageSizeIn(path: string): number {
  return readFileSync(join(path, 'data.mdb')).readUInt32LE(48);
}

describe("a folder's database", () => {
  it('is refused when it is none, is damaged, or is cut off', async () => {
    const path = await filled();
    const { size } = statSync(join(path, 'data.mdb'));
    const pageSize = pageSizeIn(path);
    const damages: readonly (readonly [why: string, damage: (file: string) => void])[] = [
      ['no database of this kind', (file) => writeFileSync(file, 'not a database at all')],
      ['no database of this kind', (file) => writeFileSync(file, Buffer.alloc(size, 0xab))],
      [
        'it is of version 3, and only version 2 can be read',
        (file) => writeFileSync(file, readFileSync(file).fill(3, 28, 29)),
      ],
      ['its end is missing', (file) => truncateSync(file, size >> 1)],
      ['its end is missing', (file) => truncateSync(file, 3 * pageSize)],
      ['its beginning is damaged', (file) => truncateSync(file, pageSize)],
      [
        'its beginning is damaged',
        (file) => writeFileSync(file, readFileSync(file).fill(7, pageSize, 2 * pageSize)),
      ],
    ];
    for (const [why, damage] of damages) {
      const copy = damaged(path, damage);
      const error = await folderStore(copy, options).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StoreOpenError);
      expect((error as Error).message).toContain(why);
      expect((error as Error).message).toContain('; put a copy of its data.mdb back that is whole');
    }
  });

  it('opens when it is whole, when it is empty, and when its last pages hold nothing', async () => {
    const path = await filled();
    const file = join(path, 'data.mdb');
    expect(damageOf(file)).toBeUndefined();
    // As if more pages were given out than the file has: none of those is in a tree.
    const bytes = readFileSync(file);
    const pageSize = pageSizeIn(path);
    for (const at of [144, pageSize + 144]) bytes.writeUInt32LE(bytes.length / pageSize + 3, at);
    const longer = damaged(path, (copy) => writeFileSync(copy, bytes));
    expect(damageOf(join(longer, 'data.mdb'))).toBeUndefined();
    const empty = damaged(path, (copy) => truncateSync(copy, 0));
    const store = await folderStore(empty, options);
    expect(await store.load()).toBeUndefined();
    await store.close();
  });

  it('names the folder when a folder is in its place', async () => {
    const path = mkdtempSync(join(folder, 'odd-'));
    mkdirSync(join(path, 'data.mdb'));
    await expect(folderStore(path, options)).rejects.toThrow(StoreOpenError);
  });
});
