// Every program and every fragment that is printed in the texts beside the project, compiled.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complaints } from './printed/compiler.js';
import type { Wrapping } from './printed/fragment.js';
import { guideFragments } from './printed/guide-fragments.js';
import { clusterPoolFragments, poolFragments } from './printed/pool-fragments.js';
import { isThere, printedPrograms, type PrintedText } from './printed/printed-text.js';
import { referenceFragments } from './printed/reference-fragments.js';
import { taskFragments } from './printed/task-fragments.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const TEXTS: readonly { readonly text: PrintedText; readonly wrappings: readonly Wrapping[] }[] = [
  { text: '000_8c2e2672d8b22e96.txt', wrappings: clusterPoolFragments },
  { text: '001_86013fd68628ad38.txt', wrappings: guideFragments },
  { text: '002_159522a4c9c55226.txt', wrappings: poolFragments },
  { text: '003_5453aff2cf5a5667.txt', wrappings: referenceFragments },
  { text: '004_6fc458c90d68c707.txt', wrappings: taskFragments },
];

const there = TEXTS.filter(({ text }) => isThere(text));

describe('what is printed (skipped without ../shared/seeds)', () => {
  let folder: string;
  let said: readonly string[];
  beforeAll(async () => {
    await mkdir(join(root, '.cache'), { recursive: true });
    folder = await mkdtemp(join(root, '.cache', 'fragments-'));
    const files: string[] = [];
    for (const { text, wrappings } of there) {
      for (const [at, fragment] of printedPrograms(text).entries()) {
        const file = join(folder, `${text.slice(0, 3)}-${at}.ts`);
        await writeFile(file, wrappings[at]?.(fragment) ?? '');
        files.push(file);
      }
    }
    said = there.length === 0 ? [] : complaints(files);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  for (const { text, wrappings } of TEXTS) {
    it.skipIf(!isThere(text))(`compiles under strict, all of ${text.slice(0, 3)}`, () => {
      expect(printedPrograms(text)).toHaveLength(wrappings.length);
      expect(said.filter((line) => line.startsWith(text.slice(0, 3)))).toEqual([]);
    });
  }
});
