// The programs of the first description of task distribution, as they are printed there.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/cli/testing/running-nodes.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const printed = join(root, '../shared/seeds/004_6fc458c90d68c707.txt');
const door = join(root, 'src/tasks.ts');

// What the programs leave to their reader.
const SUPPLIED = {
  basicMaster: '',
  basicWorker: `async function scrapeSyllableData(word: string): Promise<unknown> {
    return { letters: word.length };
  }`,
  coordinator: `const otherProps = {
    packageJson: {}, tsconfigJson: {}, entryPoint: 'index.ts',
    files: { 'index.ts': 'export default (): string => "built";' },
  };`,
  enhancedWorker: '',
};
type ProgramName = keyof typeof SUPPLIED;

/** The four programs, with the package's own name in their imports. */
function programs(): Record<ProgramName, string> {
  const text = readFileSync(printed, 'utf8');
  const blocks = [...text.matchAll(/```typescript\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  const names = Object.keys(SUPPLIED) as ProgramName[];
  return Object.fromEntries(
    names.map((name, at) => {
      const program = (blocks[at] ?? '')
        .replace(/import (\w+) from '\.\/\w+'/, `import { $1 } from 'faultline/tasks'`)
        .replace(/from '\.\/\w+'/, `from 'faultline/tasks'`);
      return [name, `${program}\n${SUPPLIED[name]}\n`];
    }),
  ) as Record<ProgramName, string>;
}

describe.skipIf(!existsSync(printed))('the printed programs (skipped without their text)', () => {
  let folder: string;
  const running = new Set<ChildProcess>();
  beforeAll(async () => {
    await mkdir(join(root, '.cache'), { recursive: true });
    folder = await mkdtemp(join(root, '.cache', 'printed-'));
    for (const [name, text] of Object.entries(programs())) {
      await writeFile(join(folder, `${name}.ts`), text);
    }
    await bundle(folder);
  });
  afterEach(async () => {
    for (const child of running) {
      const ended = once(child, 'exit');
      if (child.kill('SIGKILL')) await ended;
    }
    running.clear();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  function run(name: ProgramName, env: Readonly<Record<string, string>>): Printing {
    const child = spawn(process.execPath, [join(folder, `${name}.mjs`)], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '', ...env },
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    return new Printing(child);
  }

  it('compile under strict', () => {
    const files = Object.keys(SUPPLIED).map((name) => join(folder, `${name}.ts`));
    expect(complaints(files)).toEqual([]);
  });

  describe.each(['the address of the master', 'Bonjour'])(
    'run, and find each other by %s',
    (by) => {
      async function settings(): Promise<Record<string, string>> {
        const [port, httpPort] = [await freePort(), await freePort()].map(String) as [
          string,
          string,
        ];
        const own = { PORT: port, HTTP_PORT: httpPort, SERVICE: `printed${port}` };
        return by === 'Bonjour' ? own : { ...own, MASTER: `http://127.0.0.1:${port}` };
      }

      it('master and worker', async () => {
        const env = await settings();
        const master = run('basicMaster', env);
        const worker = run('basicWorker', env);
        await master.prints(/Results received: 2/);
        // There are no more tasks.
        expect(await worker.ended).toBe(0);
        expect(master.text).not.toMatch(/Results received[\s\S]*Results received/);
      });

      it('coordinator and enhanced worker', async () => {
        const env = await settings();
        const coordinator = run('coordinator', env);
        run('enhancedWorker', env);
        await coordinator.prints(/Handled results: [\s\S]*dynamic-task-1[\s\S]*built/);
      });
    },
  );
});

/** A program that runs, and what it has printed. */
class Printing {
  text = '';
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.text += text));
    }
    this.ended = once(child, 'close').then(([code]) => code as number | null);
  }

  prints(wanted: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (wanted.test(this.text)) resolve();
      };
      this.#child.stdout?.on('data', check);
      this.#child.once('close', () =>
        reject(new Error(`expected ${String(wanted)} in\n${this.text}`)),
      );
      check();
    });
  }
}

/** The programs as they run here: where they listen and keep things is not what is printed. */
async function bundle(folder: string): Promise<void> {
  const here = join(folder, 'here.ts');
  await writeFile(
    here,
    `import * as tasks from ${JSON.stringify(door)};
    const { PORT, HTTP_PORT, SERVICE, MASTER } = process.env;
    const master = { port: Number(PORT), serviceType: SERVICE, enableBonjour: !MASTER };
    const worker = { serviceType: SERVICE, ...(MASTER ? { masterUrl: MASTER } : {}) };
    export class TaskDistributor extends tasks.TaskDistributor {
      constructor(options) { super({ ...options, ...master }); }
    }
    export class WorkerClient extends tasks.WorkerClient {
      constructor(options) { super({ ...options, ...worker }); }
    }
    export class CoordinatorTaskDistributor extends tasks.CoordinatorTaskDistributor {
      constructor(options) {
        super({ ...options, ...master, httpPort: Number(HTTP_PORT), store: 'memory' });
      }
    }
    export class EnhancedWorkerClient extends tasks.EnhancedWorkerClient {
      constructor(options) {
        super({ ...options, ...worker, workingDirectory: ${JSON.stringify(join(folder, 'work'))} });
      }
    }`,
  );
  await build({
    entryPoints: Object.keys(SUPPLIED).map((name) => join(folder, `${name}.ts`)),
    alias: { 'faultline/tasks': here },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
}

/** What the compiler says about the programs. */
function complaints(files: readonly string[]): string[] {
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    paths: { 'faultline/tasks': [door] },
  });
  return files.flatMap((file) => {
    const source = program.getSourceFile(file);
    const found = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ];
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  });
}
