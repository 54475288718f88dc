import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodePlatform } from '../platform/node-platform.js';
import { installShipped, type ProjectHost, runShipped } from './enhanced-worker-project.js';
import { ProjectFolders } from './project-folder.js';
import type { RunResult } from './runner.js';
import type { Task } from './task.js';
import { taskWorlds } from './testing/task-world.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-shipped-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const platform = createNodePlatform();
const host = (): ProjectHost => ({
  folders: new ProjectFolders({ workingDirectory: folder, timers: platform.timers }),
  limits: { timeoutMs: 20_000, memoryMb: 128, logBytesMax: 1000, resultBytesMax: 1000 },
  platform,
});

async function run(fields: Readonly<Record<string, unknown>>): Promise<RunResult> {
  const task = { taskId: 't', taskType: 'build', type: 'executeCode', ...fields } as Task;
  const ready = await installShipped(task, host());
  return runShipped(task, ready, { ...host(), signal: new AbortController().signal });
}

const files = {
  'src/index.js': `const { relative } = require('node:path');
    module.exports = (args, task) => [relative(__dirname, process.cwd()), args, task];`,
};
const world = taskWorlds();

describe('a task with a project', () => {
  it.each([
    ['./src/index.js', '.', '..'],
    ['src/./index.js', './', '..'],
    ['././src/index.js', './sub/deep/', '../sub/deep'],
    ['src/index.js', './src', ''],
    ['src/index.js', '', '..'],
  ])('runs %s in %j', async (entryPoint, workingDirectory, from) => {
    const { output } = await run({ entryPoint, workingDirectory, files });
    expect(output).toEqual([from, [], { taskId: 't', args: [] }]);
  });

  it('takes null for what is missing', async () => {
    const missing = ['packageJson', 'tsconfigJson', 'args', 'env', 'workingDirectory', 'timeout'];
    const nulls = Object.fromEntries([...missing, 'options', 'projectName'].map((n) => [n, null]));
    const { output } = await run({ entryPoint: 'src/index.js', files, ...nulls });
    expect(output).toEqual(['..', [], { taskId: 't', args: [] }]);
  });

  it.each([
    ['entryPoint', '.././src/index.js'],
    ['entryPoint', './/src/index.js'],
    ['entryPoint', './/etc/passwd'],
    ['entryPoint', '.'],
    ['entryPoint', null],
    ['workingDirectory', '/'],
    ['workingDirectory', './..'],
    ['workingDirectory', 'sub/../..'],
    ['workingDirectory', 7],
    ['files', null],
    ['args', [1]],
    ['args', 'a'],
    ['env', { A: 1 }],
    ['env', ['A']],
    ['timeout', 'soon'],
    ['timeout', -1],
  ])('is refused for its %s %j, before anything of it is written', async (field, value) => {
    const running = run({ entryPoint: 'src/index.js', files, [field]: value });
    await expect(running).rejects.toThrow(`Expected ${field}`);
    expect(existsSync(join(folder, 'projects'))).toBe(false);
  });

  it('starts with what was shipped, whatever an earlier one made of it', async () => {
    const entryPoint = 'index.mjs';
    const program = `import { appendFileSync, readFileSync } from 'node:fs';
      export default () => {
        const read = readFileSync('data.txt', 'utf8');
        appendFileSync('data.txt', 'changed');
        appendFileSync(new URL(import.meta.url), ';export const run = 5;');
        appendFileSync('out.txt', 'x');
        return [read, readFileSync('out.txt', 'utf8')];
      };`;
    const shipped = { entryPoint, files: { [entryPoint]: program, 'data.txt': 'data' } };
    expect((await run(shipped)).output).toEqual(['data', 'x']);
    expect((await run(shipped)).output).toEqual(['data', 'xx']);
  });

  it('has its working directory in the project, whatever an earlier one left there', async () => {
    const shipped = {
      entryPoint: 'index.js',
      files: {
        'index.js': `const { existsSync, mkdirSync, symlinkSync } = require('node:fs');
          module.exports = () => {
            for (const path of ['real', '../../outside']) mkdirSync(path);
            for (const path of ['real', '/nowhere', '../../outside']) {
              symlinkSync(path, path.replace(/.*[/]/, '') + '-link');
            }
          };
          if (existsSync(__dirname + '/real')) {
            module.exports = () => require('node:path').relative(__dirname, process.cwd());
          }`,
      },
    };
    await run(shipped);
    const wrong = [
      'outside-link',
      'outside-link/new',
      'nowhere-link',
      'nowhere-link/new',
      'index.js',
    ];
    for (const workingDirectory of wrong) {
      const running = run({ ...shipped, workingDirectory });
      await expect(running).rejects.toThrow(
        'Expected workingDirectory of the task to be a folder in its project',
      );
    }
    expect(readdirSync(join(folder, 'outside'))).toEqual([]);
    const { output } = await run({ ...shipped, workingDirectory: 'real-link/new/deep' });
    expect(output).toBe('real/new/deep');
  });

  it('is added over HTTP with a working directory as people write it', async () => {
    const here = await world();
    await here.project('shop', {
      'package.json': '{ "main": "./index.js" }',
      'index.js': `module.exports = () => require('node:path').relative(__dirname, process.cwd());`,
    });
    await here.worker();
    for (const [workingDirectory, output] of Object.entries({ '.': '', './sub/': 'sub' })) {
      const { taskId } = await here.add('shop', { workingDirectory });
      expect(await here.reaches(taskId, 'completed')).toMatchObject({ result: { output } });
    }
    expect(await here.add('shop', { workingDirectory: './../x' })).toMatchObject({ status: 400 });
  });
});
