import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Suite } from '../figure.js';
import { median } from '../median.js';

/** How long a script lives that starts a server, calls it and stops it. */
export const exitSuite: Suite = async () => {
  const script = await built('bench/suites/exit-script.ts');
  const empty = script.replace(/[^/\\]+$/, 'empty.mjs');
  writeFileSync(empty, EMPTY);
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(lifeMs(empty));
    ours.push(lifeMs(script));
  }
  return [
    {
      path: 'script that starts, calls and stops a server',
      unit: 'ms',
      value: median(ours),
      bare: { path: 'one that imports the same packages', value: median(bare) },
      ratio: median(bare) / median(ours),
      goals: [{ of: 'ratio', atLeast: 0.8 }],
    },
  ];
};

function lifeMs(file: string): number {
  const startedMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} ended with ${status}: ${stderr}`);
  return performance.now() - startedMs;
}

async function built(path: string): Promise<string> {
  const outfile = fileURLToPath(new URL('../../.cache/bench/exit-script.mjs', import.meta.url));
  await build({
    entryPoints: [fileURLToPath(new URL(`../../${path}`, import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
  return outfile;
}

const EMPTY = `
import 'node:crypto';
import 'pure-rand/distribution/uniformInt';
import 'pure-rand/generator/xoroshiro128plus';
`;
const ROUNDS = 15;
