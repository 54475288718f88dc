import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodePlatform } from '../platform/node-platform.js';
import { RunError, type RunLimits, runProgram, type RunRequest, type RunResult } from './runner.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-runner-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const platform = createNodePlatform();
const limits: RunLimits = {
  timeoutMs: 20_000,
  memoryMb: 128,
  logBytesMax: 1000,
  resultBytesMax: 100_000,
};

async function run(
  program: string,
  { file = 'main.mjs', ...request }: Partial<RunRequest> & { readonly file?: string } = {},
): Promise<RunResult> {
  await writeFile(join(folder, file), program);
  return runProgram({ taskId: 't', folder, entryPoint: file, limits, ...request }, platform);
}

async function failure(running: Promise<unknown>): Promise<RunError> {
  const error = await running.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RunError);
  return error as RunError;
}

const TOO_LONG = 'It ran longer than its 900 ms and was killed';
const CODE_3 = 'The program ended with code 3';

describe('a program', () => {
  it('gives what its function returns, and the end of what it prints', async () => {
    const result = await run(
      `export default (args, task) => {
        console.log('x'.repeat(5000)); console.error('the end');
        return { args, argv: process.argv.slice(2), task };
      }`,
      { args: ['a', '--b'], options: { depth: 2 } },
    );
    const args = ['a', '--b'];
    const task = { taskId: 't', args, options: { depth: 2 } };
    expect(result.output).toEqual({ args, argv: args, task });
    expect(result.logs).toMatch(/^\[\d+ bytes before this were dropped\]\nx+\nthe end\n$/);
    expect(result.logs.length).toBeLessThan(1100);
  });

  it('may be TypeScript in several files, with types that have to go', async () => {
    await writeFile(join(folder, 'word.ts'), 'export enum Word { Hello = "hello" }');
    const program = `import { Word } from './word.js';
      export async function run(args: readonly string[]): Promise<string> {
        return [Word.Hello, ...args].join(' ');
      }`;
    const result = await run(program, { file: 'main.ts', args: ['you'] });
    expect(result.output).toBe('hello you');
  });

  it('without a function is done when it has ended', async () => {
    const result = await run(`setTimeout(() => console.log('late'), 20);`);
    expect(result).toMatchObject({ output: null, logs: 'late\n' });
  });

  it('sees its own environment and working directory, and nothing of the worker', async () => {
    await mkdir(join(folder, 'sub'));
    process.env['FAULTLINE_TOKEN'] = 'secret';
    const result = await run(
      `import { basename } from 'node:path'; import { tmpdir } from 'node:os';
      export default () => ({ env: process.env, cwd: basename(process.cwd()), tmp: tmpdir() });`,
      { env: { COLOUR: 'red', NODE_OPTIONS: '--max-old-space-size=9' }, workingDirectory: 'sub' },
    ).finally(() => delete process.env['FAULTLINE_TOKEN']);
    const { env, cwd, tmp } = result.output as Record<string, any>;
    expect(env).toMatchObject({ COLOUR: 'red', PATH: process.env['PATH'] });
    expect(env).not.toHaveProperty('FAULTLINE_TOKEN');
    expect(env).not.toHaveProperty('NODE_OPTIONS');
    expect(cwd).toBe('sub');
    expect(tmp).not.toBe(tmpdir());
  });

  it('fails with its own words', async () => {
    const error = await failure(run(`console.log('before'); throw new TypeError('no such word')`));
    expect(error.message).toContain('TypeError: no such word');
    expect(error.logs).toBe('before\n');
    expect((await failure(run('process.exit(3)'))).message).toContain('ended with code 3');
    const late = `export default () => { setTimeout(() => { throw new Error('late') });
      return new Promise(() => setTimeout(() => {}, 10000)); }`;
    expect((await failure(run(late))).message).toContain('Error: late');
    const broken = await failure(run('let x: = 1', { file: 'broken.ts' }));
    expect(broken.message).toMatch(/^broken.ts does not compile: .*broken.ts:1/);
  });

  it('is killed when its time is over, with what it started', async () => {
    // What it starts holds its output open: had it lived on, the run would not have ended.
    const program = `import { spawn } from 'node:child_process';
      spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      for (;;);`;
    const error = await failure(run(program, { limits: { ...limits, timeoutMs: 500 } }));
    expect(error.message).toBe('It ran longer than its 500 ms and was killed');
  });

  it.each<[string, string, number, Partial<RunResult & RunError>]>([
    ['its result', 'export default () => 5', 20_000, { output: 5, logs: 'said' }],
    ['that its time is over', 'for (;;);', 900, { reason: TOO_LONG }],
    ['how it ended', 'process.exit(3)', 20_000, { reason: CODE_3, logs: 'said' }],
  ])('tells %s though what it detached holds its output', async (_what, end, timeoutMs, told) => {
    // Nobody ends that process with the program's: it goes when the folder does.
    const holder = `setInterval(() => fs.existsSync(${JSON.stringify(folder)}) || process.exit())`;
    const program = `import { spawn } from 'node:child_process';
      import { writeSync } from 'node:fs';
      const options = { stdio: 'inherit', detached: true };
      spawn(process.execPath, ['-e', ${JSON.stringify(holder)}], options).unref();
      writeSync(1, 'said'); ${end}`;
    const running = run(program, { limits: { ...limits, timeoutMs } });
    expect(await running.catch((error: unknown) => error)).toMatchObject(told);
  });

  it('fails when its process ends before its function has returned', async () => {
    const early = await failure(run(`console.log('so'); export default () => process.exit(0);`));
    expect(early.message).toBe(
      'Its function gave no result: its process ended with code 0 before it had returned',
    );
    expect(early.logs).toBe('so\n');
    const wrong = await failure(run('export default async () => process.exit(4);'));
    expect(wrong.message).toBe('The program ended with code 4');
    expect((await run('process.exit(0); export default () => 5')).output).toBe(null);
  });

  it('is killed when it is given up', async () => {
    const controller = new AbortController();
    const running = run('setInterval(() => {}, 1000)', { signal: controller.signal });
    controller.abort();
    expect((await failure(running)).message).toBe('The program was given up and killed');
  });

  it('ends when it needs more memory or gives more than it may', async () => {
    const hungry = `const all = []; for (;;) all.push(new Array(1000).fill(all.length));`;
    const error = await failure(run(hungry, { limits: { ...limits, memoryMb: 32 } }));
    expect(error.message).toBe('It needed more than its 32 MiB of memory');
    const talkative = await failure(run(`export default () => 'x'.repeat(200000)`));
    expect(talkative.message).toContain('Its result has 200002 bytes as JSON, over 100000');
  });
});
