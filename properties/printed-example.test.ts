// The complete example of the API reference for distributed supervisors, as it is printed there.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningNodes } from '../src/cli/testing/running-nodes.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const reference = join(root, '../shared/seeds/003_5453aff2cf5a5667.txt');
const doors: Readonly<Record<string, string>> = {
  faultline: join(root, 'src/index.ts'),
  'faultline/distribution': join(root, 'src/distribution.ts'),
};

/** The example, with the package's own name in its imports. */
function example(): string {
  const text = readFileSync(reference, 'utf8');
  const [, rest = ''] = text.split(/^## Complete Example$/m);
  const [, program = ''] = /```typescript\n([\s\S]*?)```/.exec(rest) ?? [];
  return program.replaceAll(/from 'noex(\/\w+)?'/g, (_, path = '') => `from 'faultline${path}'`);
}

/** What the compiler says about the program. */
function complaints(file: string): string[] {
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    paths: Object.fromEntries(Object.entries(doors).map(([name, door]) => [name, [door]])),
  });
  const source = program.getSourceFile(file);
  const found = [
    ...program.getSyntacticDiagnostics(source),
    ...program.getSemanticDiagnostics(source),
  ];
  return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

/** The example as one file. Its port and the addresses of its seeds are those of this machine. */
async function bundled(file: string, folder: string): Promise<string> {
  const here = join(folder, 'here.ts');
  await writeFile(
    here,
    `import { Cluster as Anywhere } from ${JSON.stringify(doors['faultline/distribution'])};
    export * from ${JSON.stringify(doors['faultline/distribution'])};
    const seeds = process.env.SEEDS.split(',');
    const start = (config) => Anywhere.start({ ...config, port: 0, seeds });
    export const Cluster = { ...Anywhere, start };`,
  );
  const outfile = join(folder, 'example.mjs');
  await build({
    entryPoints: [file],
    alias: { ...doors, 'faultline/distribution': here },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  return outfile;
}

/** Resolves once the process has printed this. */
function printed(child: ChildProcess, text: () => string, wanted: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = (): void => {
      if (!wanted.test(text())) return;
      child.stdout?.off('data', check);
      resolve();
    };
    child.stdout?.on('data', check);
    child.once('close', () => reject(new Error(`expected ${String(wanted)} in\n${text()}`)));
    check();
  });
}

const worker = `export const behaviors = { worker: {
  init: () => ({ taskCount: 0 }),
  handleCall: (_message, state) => [state.taskCount, state],
  handleCast: (_message, state) => ({ taskCount: state.taskCount + 1 }),
} };`;

describe.skipIf(!existsSync(reference))('the printed example (needs ../shared/seeds)', () => {
  let nodes: RunningNodes;
  let folder: string;
  let file: string;
  beforeAll(async () => {
    nodes = await RunningNodes.build();
    // Beneath the packages that it imports.
    folder = await mkdtemp(join(root, '.cache', 'example-'));
    file = join(folder, 'example.ts');
    await writeFile(file, example());
  });
  afterAll(async () => {
    await nodes.end();
    await rm(folder, { recursive: true, force: true });
  });

  it('compiles', () => {
    expect(example()).toContain('DistributedSupervisor.start(');
    expect(complaints(file)).toEqual([]);
  });

  it('places children on all nodes, moves those of a killed one, and ends on Ctrl-C', async () => {
    const module = join(folder, 'worker.mjs');
    await writeFile(module, worker);
    const workers = ['worker1', 'worker2'].map((name) =>
      nodes.run(['node', '--json', '--name', name, '--port', '0', '--module', module]),
    );
    const seeds = await Promise.all(workers.map((node) => node.ready()));
    const program = await bundled(file, folder);
    const child = spawn(process.execPath, [program], {
      env: { ...process.env, NODE_OPTIONS: '', SEEDS: seeds.join() },
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    try {
      await printed(child, () => out, /Waiting for node events/);
      expect(out.match(/: 1 children$/gm)).toHaveLength(3);
      workers[0]?.kill('SIGKILL');
      await printed(child, () => out, /\[Event\] child_migrated:/);
      expect(out).toMatch(/\[Event\] node_failure_detected:.*worker1@/);
      child.kill('SIGINT');
      expect(await ended).toBe(0);
      expect(out).toMatch(
        /Shutting down\.\.\.\n.*Total restarts: [12]\nNode failure restarts: [12]\n/,
      );
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  });
});
