import { build, type Plugin } from 'esbuild';
import { mkdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Mutant } from './mutant.js';

/** `caughtBy` is the first test that fails; a mutant that never comes to an end is caught too. */
export type Verdict = { readonly kind: 'survived' } | { readonly kind: 'caught'; by: string };

/**
 * Runs the kernel's tests on a mutant, or on the kernel as it is. What takes longer than
 * `timeoutMs` counts as never ending.
 */
export async function judge(
  mutant: Mutant | undefined,
  { seat, timeoutMs }: { readonly seat: number; readonly timeoutMs: number },
): Promise<Verdict> {
  const outfile = join(CACHE, `judge-${seat}.mjs`);
  mkdirSync(CACHE, { recursive: true });
  await build({
    entryPoints: [join(HERE, 'judge.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    alias: { vitest: join(HERE, 'stand-in.ts') },
    plugins: mutant === undefined ? [] : [replacing(mutant)],
    // The package says that its modules do nothing on import; its tests do.
    ignoreAnnotations: true,
    logLevel: 'silent',
  });
  return await run(outfile, timeoutMs);
}

export function clearCourt(): void {
  rmSync(CACHE, { recursive: true, force: true });
}

function replacing({ file, source }: Mutant): Plugin {
  return {
    name: 'mutant',
    setup({ onLoad }) {
      onLoad({ filter: /supervision[/\\][a-z-]+\.ts$/ }, ({ path }) =>
        relative(ROOT, path) === file ? { contents: source, loader: 'ts' } : undefined,
      );
    },
  };
}

function run(outfile: string, timeoutMs: number): Promise<Verdict> {
  return new Promise((settle) => {
    const corpus = join(ROOT, 'properties/otp/corpus');
    const corpusDirs = [corpus, join(corpus, 'recorded')];
    const resourceLimits = { maxOldGenerationSizeMb: 512 };
    const worker = new Worker(outfile, { workerData: { corpusDirs }, resourceLimits });
    const late = setTimeout(() => end({ kind: 'caught', by: 'it never ends' }), timeoutMs);
    const end = (verdict: Verdict): void => {
      clearTimeout(late);
      void worker.terminate().then(() => settle(verdict));
    };
    worker.on('message', (by: string | undefined) =>
      end(by === undefined ? { kind: 'survived' } : { kind: 'caught', by }),
    );
    worker.on('error', (error: unknown) => end({ kind: 'caught', by: String(error) }));
  });
}

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = resolve(HERE, '../..');
const CACHE = join(ROOT, 'node_modules/.cache/mutation');
