import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rmdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runsFromSource } from './user-module.js';

/** The file that each thread of a pool begins with, as JavaScript on disk. */
export async function threadFile(): Promise<string> {
  const built = fileURLToPath(new URL('../threads/offload-thread.js', import.meta.url));
  return runsFromSource() ? compiledFile(built.replace(/js$/, 'ts')) : built;
}

// Threads load no TypeScript. The name holds what is in the file, so a stale one is never read.
async function compiledFile(path: string): Promise<string> {
  const esbuild = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  const source = await readFile(path, 'utf8');
  const { code } = await esbuild.transform(source, { loader: 'ts', format: 'esm' });
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const folder = fileURLToPath(new URL('../../node_modules/.cache/faultline', import.meta.url));
  const file = join(folder, `offload-thread-${hash}.mjs`);
  await mkdir(folder, { recursive: true });
  // Whole or not at all: another pool may be about to load it.
  const draft = await mkdtemp(join(folder, 'draft-'));
  await writeFile(join(draft, 'thread.mjs'), code);
  await rename(join(draft, 'thread.mjs'), file);
  await rmdir(draft);
  return file;
}
