// Checks the package as its users get it: packs it, has its shape and its types judged, installs it
// into an empty project, and uses it there from TypeScript and from CommonJS. Takes a minute or two
// and needs the registry for the package's own dependencies, so it is no part of `npm test`.
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const STEP_TIMEOUT_MS = 180_000;

const scratch = await mkdtemp(join(tmpdir(), 'faultline-package-'));

async function checkPackage() {
  const project = join(scratch, 'project');
  // A step that fails leaves nothing to check for those after it.
  const steps = [
    ['the reference is complete', () => tool('typedoc/bin/typedoc', ['--emit', 'none'])],
    [
      'it packs',
      () => run('npm', ['pack', '--silent', '--pack-destination', scratch], { quiet: true }),
    ],
    ['publint', async () => tool('publint/src/cli.js', [await tarball()])],
    ['are the types wrong', async () => tool(ATTW, [await tarball(), ...ATTW_FLAGS])],
    ['it installs into an empty project', () => install(project)],
    ['its types hold in TypeScript', () => typesHold(project)],
    ['it runs from CommonJS', () => node(project, ['use.cjs'])],
    ["the README's first program runs", () => firstProgram(project)],
    ['npx faultline sim', () => run('npx', ['--no', '--', 'faultline', ...SIM], { cwd: project })],
  ];
  for (const [title, step] of steps) {
    say(`\n> ${title}`);
    if (await step()) continue;
    say(`> FAILED: ${title}`);
    return false;
  }
  say(`\n${steps.length} steps passed`);
  return true;
}

async function install(project) {
  await mkdir(project);
  const files = { ...PROJECT, ...(await printedPrograms()) };
  for (const [name, text] of Object.entries(files)) await writeFile(join(project, name), text);
  const flags = ['--no-audit', '--no-fund', '--prefer-offline'];
  return run('npm', ['install', await tarball(), ...flags], { cwd: project });
}

async function typesHold(project) {
  const types = join(project, 'node_modules/@types');
  await cp(join(root, 'node_modules/@types/node'), join(types, 'node'), { recursive: true });
  return tool('typescript/bin/tsc', ['-p', project]);
}

/** The programs of the README, and its modules, which begin with a comment that is their name. */
async function printedPrograms() {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  const files = blocks.flatMap(([, language, text], at) => {
    if (language === 'ts') return [[`printed-${at}.mts`, text]];
    const name = /^\/\/ (counter[\w-]*\.ts|main\.mts)\n/.exec(text)?.[1];
    return name === undefined ? [] : [[name, text]];
  });
  return Object.fromEntries(files);
}

async function firstProgram(project) {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [, program = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  const [, output = ''] = /^```text\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  const { transform } = await import('esbuild');
  const { code } = await transform(program, { loader: 'ts' });
  await writeFile(join(project, 'counter.mjs'), code);
  const printed = [];
  const ended = await node(project, ['counter.mjs'], (text) => printed.push(text));
  if (ended && printed.join('') === output) return true;
  say(`expected:\n${output}got:\n${printed.join('')}`);
  return false;
}

async function tarball() {
  const name = (await readdir(scratch)).find((file) => file.endsWith('.tgz'));
  return join(scratch, name ?? 'no tarball');
}

function tool(script, args) {
  return run(process.execPath, [join(root, 'node_modules', script), ...args]);
}

function node(cwd, args, onText) {
  return run(process.execPath, args, { cwd, onText });
}

/** Runs a command; true when it exits 0 in time. What it prints is shown unless `quiet`. */
function run(command, args, { cwd = root, onText, quiet = false } = {}) {
  return new Promise((resolve) => {
    const output = quiet ? 'ignore' : onText === undefined ? 'inherit' : 'pipe';
    // A group of its own, so that what npm starts ends with it.
    const options = { cwd, stdio: ['ignore', output, 'inherit'], detached: true };
    const child = spawn(command, args, options);
    const timer = setTimeout(() => {
      say(`killed: it took longer than ${STEP_TIMEOUT_MS / 1000} s`);
      process.kill(-child.pid, 'SIGKILL');
    }, STEP_TIMEOUT_MS);
    child.stdout?.setEncoding('utf8').on('data', (text) => onText(text));
    child.on('error', (error) => say(`could not start ${command}: ${error.message}`));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

const ATTW = '@arethetypeswrong/cli/dist/index.js';
const ATTW_FLAGS = ['--profile', 'esm-only', '--quiet'];
const SIM = ['sim', '--nodes', '5', '--kill', '2', '--seed', '7', '--quiet'];

const PROJECT = {
  'package.json': '{ "name": "empty", "private": true }\n',
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      target: 'ES2023',
      module: 'NodeNext',
      // Those of the package as well: they need nothing that the project does not have.
      skipLibCheck: false,
      types: ['node'],
    },
    include: ['*.mts', '*.cts', '*.ts'],
  }),
  'use.mts': `
    import { Cluster, type GenServerBehavior, GenServer, Supervisor } from 'faultline';
    import { DistributedSupervisor } from 'faultline/distribution';
    import { type SimulateOptions, simulate } from 'faultline/sim';
    import { TaskDistributor, type Task } from 'faultline/tasks';
    export const behavior: GenServerBehavior<number, 'get', number, number> = {
      init: () => 0,
      handleCall: (_message, count) => [count, count],
      handleCast: (by, count) => count + by,
    };
    export const ref = await GenServer.start(behavior);
    export const reply: number = await GenServer.call(ref, 'get');
    // @ts-expect-error: no such message
    export const wrong = GenServer.call(ref, 'put');
    export const run = (options: SimulateOptions) => simulate(options);
    export const all: readonly unknown[] = [Cluster, Supervisor, DistributedSupervisor];
    export type Distributor = TaskDistributor<Task, string>;
  `,
  'use.cts': `
    import faultline = require('faultline');
    export const start: typeof faultline.GenServer.start = faultline.GenServer.start;
  `,
  'use.cjs': `
    const assert = require('node:assert/strict');
    const { GenServer } = require('faultline');
    const { DistributedSupervisor } = require('faultline/distribution');
    const { simulate } = require('faultline/sim');
    const { TaskDistributor } = require('faultline/tasks');
    for (const one of [DistributedSupervisor.start, simulate, TaskDistributor]) {
      assert.equal(typeof one, 'function');
    }
    const handleCall = (_message, count) => [count + 1, count + 1];
    const behavior = { init: () => 0, handleCall, handleCast: (_message, count) => count };
    GenServer.start(behavior)
      .then((ref) => GenServer.call(ref, 'next'))
      .then((count) => assert.equal(count, 1));
  `,
};

try {
  process.exitCode = (await checkPackage()) ? 0 : 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}
