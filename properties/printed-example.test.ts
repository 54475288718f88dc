// The complete example of the API reference for distributed supervisors, as it is printed there.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningNodes } from '../src/cli/testing/running-nodes.js';
import type { RunningPrograms } from '../src/examples/testing/running-programs.js';
import { doors } from './printed/compiler.js';
import { isThere, printedPrograms } from './printed/printed-text.js';
import { buildTexts } from './printed/program-texts.js';

const REFERENCE = '003_5453aff2cf5a5667.txt';

/** Stands before the door: port and addresses of seeds are those of this machine. */
const here = `
  import { Cluster as Anywhere } from ${JSON.stringify(doors['faultline/distribution'])};
  export * from ${JSON.stringify(doors['faultline/distribution'])};
  const start = (config) =>
    Anywhere.start({ ...config, port: 0, seeds: process.env.SEEDS.split(',') });
  export const Cluster = { ...Anywhere, start };`;

const worker = `export const behaviors = { worker: {
  init: () => ({ taskCount: 0 }),
  handleCall: (_message, state) => [state.taskCount, state],
  handleCast: (_message, state) => ({ taskCount: state.taskCount + 1 }),
} };`;

describe.skipIf(!isThere(REFERENCE))('the printed example (needs ../shared/seeds)', () => {
  let nodes: RunningNodes;
  let programs: RunningPrograms;
  let module: string;
  beforeAll(async () => {
    nodes = await RunningNodes.build();
    const texts = { 'example.ts': printedPrograms(REFERENCE)[41] ?? '' };
    programs = await buildTexts(texts, { 'faultline/distribution': here });
    module = join(programs.folder, 'worker.mjs');
    await writeFile(module, worker);
  });
  afterAll(async () => {
    await nodes.end();
    await programs.end();
  });

  it('places children on all nodes, moves those of a killed one, and ends on Ctrl-C', async () => {
    const workers = ['worker1', 'worker2'].map((name) =>
      nodes.run(['node', '--json', '--name', name, '--port', '0', '--module', module]),
    );
    const seeds = await Promise.all(workers.map((node) => node.ready()));
    const example = programs.run('example', [], { env: { SEEDS: seeds.join() } });
    await example.shows(/Waiting for node events/);
    expect(example.out.match(/: 1 children$/gm)).toHaveLength(3);
    workers[0]?.kill('SIGKILL');
    await example.shows(/\[Event\] child_migrated:/);
    expect(example.out).toMatch(/\[Event\] node_failure_detected:.*worker1@/);
    example.kill('SIGINT');
    expect(await example.ended).toEqual({ code: 0, signal: null });
    expect(example.out).toMatch(
      /Shutting down\.\.\.\n.*Total restarts: [12]\nNode failure restarts: [12]\n/,
    );
  });
});
