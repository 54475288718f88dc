import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';
import type { Figure } from './figure.js';

/** Builds all suites into one file of plain JavaScript, as users run it; gives its path. */
export async function bundleSuites(): Promise<string> {
  const { build } = await import('esbuild');
  const outfile = inProject('.cache/bench/suites.mjs');
  await build({
    entryPoints: [inProject('bench/suite-process.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    plugins: [keepsPlaces],
    logLevel: 'warning',
  });
  return outfile;
}

/**
 * Measures one suite in a process of its own: what others did to the heap is not in the figures.
 * Gives nothing when the suite failed; its process has said why.
 */
export async function runSuite(file: string, name: string): Promise<Figure[] | undefined> {
  const child = fork(file, [name], { execArgv: ['--expose-gc', '--enable-source-maps'] });
  let figures: Figure[] | undefined;
  child.on('message', (message: Figure[]) => (figures = message));
  await once(child, 'exit');
  return figures;
}

// A module that looks for files beside itself finds them where its source lies.
const keepsPlaces: Plugin = {
  name: 'keeps places',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const place = JSON.stringify(pathToFileURL(path).href);
      return { contents: text.replace(/(?<!')import\.meta\.url/g, place), loader: 'ts' };
    });
  },
};

function inProject(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
