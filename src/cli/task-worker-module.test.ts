import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadTaskModule } from './task-worker-module.js';

const folder = mkdtempSync(join(tmpdir(), 'faultline-task-module-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The path of a file that holds this. */
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('the module of a task worker', () => {
  it.each([
    ['default.mjs', 'export default () => "done";'],
    ['run.mjs', 'export const run = () => "done"; export default 5;'],
    ['common.cjs', 'exports.default = () => "done";'],
    ['typed.ts', 'export default (): string => "done";'],
  ])('gives its function: %s', async (name, text) => {
    const run = (await loadTaskModule(file(name, text))) as () => unknown;
    expect(run()).toBe('done');
  });

  it.each([
    ['five.mjs', 'export default 5;', 'a function as default, or as run; got default (5)'],
    ['list.mjs', 'export const a = [];', 'as default, or as run; got a (an array of 0)'],
    ['empty.mjs', '', 'a function as default, or as run; got nothing'],
    ['throws.mjs', 'throw new Error("no luck");', 'throws.mjs does not load: no luck'],
  ])('is refused with what it has instead: %s', async (name, text, message) => {
    const loading = loadTaskModule(file(name, text));
    await expect(loading).rejects.toThrow(message);
  });
});
