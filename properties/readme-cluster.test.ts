// The program of the README that shares a cluster with the command, in processes of their own.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RunningNodes, freePort } from '../src/cli/testing/running-nodes.js';
import type { RunningPrograms } from '../src/examples/testing/running-programs.js';
import { buildTexts } from './printed/program-texts.js';

const FILES = ['counter.ts', 'main.mts'] as const;

let nodes: RunningNodes;
let programs: RunningPrograms;
let readme: string;
let port: number;
beforeAll(async () => {
  readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  port = await freePort();
  programs = await buildTexts(Object.fromEntries(FILES.map((name) => [name, printedFile(name)])));
  nodes = await RunningNodes.build();
});
afterAll(async () => {
  await nodes.end();
  await programs.end();
});

/** A block of the README that begins with its name. Its port is free here. */
function printedFile(name: string): string {
  const [, block = ''] =
    new RegExp(`^\`\`\`\\w+\n(// ${name}\n[^]*?)^\`\`\`$`, 'm').exec(readme) ?? [];
  return block.replaceAll('4369', `${port}`);
}

/** What the README says that it prints. */
function printedOutput(): string {
  const [, rest = ''] = readme.split('`npx tsx main.mts`');
  const [, output = ''] = /^```console\n([\s\S]*?)^```$/m.exec(rest) ?? [];
  return output;
}

it('a program and the command share a cluster as the README says', async () => {
  const main = programs.run('main');
  const words = ['--name', 'worker1', '--port', '0', '--seed', `main@localhost:${port}`];
  const module = ['--module', join(programs.folder, 'counter.js')];
  const worker = nodes.run(['node', '--json', ...words, ...module]);
  await main.shows(/2 on worker1@/);
  worker.kill('SIGINT');
  await main.shows(/1 on main@.*\n/);
  // It may count once more, or be told that the node is gone, before the child is back.
  const lines = (text: string): string[] => text.replaceAll(/:\d+$/gm, '').split('\n');
  expect(lines(main.out).slice(0, 2)).toEqual(lines(printedOutput()).slice(0, 2));
  expect(lines(main.out)).toEqual(expect.arrayContaining(lines(printedOutput())));
});
