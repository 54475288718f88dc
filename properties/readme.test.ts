import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FLAGS } from '../sim/cli/flags.js';
import { COORDINATOR_FLAGS } from '../src/cli/coordinator-flags.js';
import { NODE_FLAGS } from '../src/cli/node-flags.js';
import { TASK_WORKER_FLAGS } from '../src/cli/task-worker-flags.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

interface Block {
  readonly language: string;
  readonly text: string;
}

const blocks: readonly Block[] = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
  ([, language = '', text = '']) => ({ language, text }),
);

const shell = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);

/** A `ts` block is a whole program; the next `text` block is what it prints. */
const programs = blocks.flatMap(({ language, text }, at) => {
  if (language !== 'ts') return [];
  const output = blocks.slice(at).find((block) => block.language === 'text');
  return [{ program: text, output: output?.text ?? '' }];
});

describe('the README', () => {
  let folder: string;
  beforeAll(() => {
    mkdirSync(join(root, '.cache'), { recursive: true });
    folder = mkdtempSync(join(root, '.cache', 'readme-'));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { paths } }));
    writeModules(folder);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(programs.map((one, at) => ({ ...one, at })))(
    'shows a program that prints what it says: $at',
    ({ program, output, at }) => {
      writeFileSync(join(folder, `program-${at}.mts`), program);
      const run = tsx(folder, [`program-${at}.mts`]);
      expect(run.status, run.stderr).toBe(0);
      expect(run.stdout).toBe(output);
    },
  );

  it('shows a simulation that fails as it says', () => {
    const command = shell.find((text) => text.includes('--module counter-in-a-cluster.ts')) ?? '';
    const [, flags = ''] = /npx faultline sim (.*)\n/.exec(command) ?? [];
    const expected = blocks.find(({ text }) => text.includes('no count is given twice", after'));
    const run = tsx(folder, [join(root, 'sim/main.ts'), ...flags.split(' ')]);
    expect(run.status).toBe(1);
    expect(run.stdout + run.stderr).toContain(expected?.text);
  });

  it('shows pictures and links to files that are there', () => {
    const named = [...readme.matchAll(/\]\((?!https?:)([^)]+)\)/g)];
    expect(named).not.toEqual([]);
    for (const [, file = ''] of named) expect(existsSync(join(root, file)), file).toBe(true);
  });

  it('names scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...readme.matchAll(/npm (?:run ([\w:-]+)|(test))\b/g)];
    expect(named.length).toBeGreaterThan(10);
    for (const [, script = 'test'] of named) expect(scripts).toHaveProperty(script);
    expect(shell.join('')).toContain('npm ci && npm run sim -- --nodes 5 --kill 2');
    expect(shell.join('')).toContain('npm ci && npm test');
  });

  it.each([
    { command: /(?:npm run sim --|npx faultline sim)/, flags: FLAGS },
    { command: /npx faultline node/, flags: NODE_FLAGS },
    { command: /npx faultline coordinator/, flags: COORDINATOR_FLAGS },
    { command: /npx faultline task-worker/, flags: TASK_WORKER_FLAGS },
  ])('names flags that exist, of $command', ({ command, flags }) => {
    const lines = readme.replaceAll('\\\n', ' ').split(/[\n`]/);
    const told = lines.filter((line) => command.test(line));
    expect(told).not.toEqual([]);
    for (const line of told) {
      const [, after = ''] = line.split(command);
      for (const [, flag = ''] of after.matchAll(/--([\w-]+)/g)) expect(flags).toHaveProperty(flag);
    }
  });
});

const doors = { '': 'src/index', '/sim': 'sim/index', '/tasks': 'src/tasks' };
const paths = Object.fromEntries(
  Object.entries(doors).map(([door, file]) => [`faultline${door}`, [join(root, `${file}.ts`)]]),
);

/** Writes the blocks that are modules: they begin with a comment that is their name. */
function writeModules(folder: string): void {
  for (const { text } of blocks) {
    const [, name] = /^\/\/ ([\w-]+\.ts)\n/.exec(text) ?? [];
    if (name !== undefined) writeFileSync(join(folder, name), text);
  }
}

function tsx(cwd: string, args: readonly string[]): SpawnSyncReturns<string> {
  const options = { cwd, encoding: 'utf8', timeout: 25_000, killSignal: 'SIGKILL' } as const;
  const loader = fileURLToPath(import.meta.resolve('tsx'));
  return spawnSync(process.execPath, ['--import', loader, ...args], options);
}
