import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodePlatform } from '../platform/node-platform.js';
import { runProgram, type RunLimits, type RunResult } from './runner.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-main-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const platform = createNodePlatform();
const limits: RunLimits = {
  timeoutMs: 20_000,
  memoryMb: 128,
  logBytesMax: 4000,
  resultBytesMax: 100_000,
};

async function run(
  entryPoint: string,
  files: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<RunResult> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return runProgram({ taskId: 't', folder, entryPoint, args, limits }, platform);
}

const MODULE = '{ "repository": { "type": "git" }, "type": "module" }';
const COMMONJS =
  '{ /* as ever */ "compilerOptions": { "module": "commonjs", "esModuleInterop": true, }, }';
const ofCommonJs = `function main() { console.log('ran', process.argv.slice(2).join()); }
  if (require.main === module) main();`;
const ofEsm = `import { pathToFileURL } from 'node:url';
  if (import.meta.url === pathToFileURL(process.argv[1] as string).href) {
    console.log('ran', process.argv.slice(2).join());
  }`;
const plain = (text: string): string => text.replace(' as string', '');

describe('a program that does its work as the main module', () => {
  it.each<[string, string, Readonly<Record<string, string>>]>([
    ['main.js', ofCommonJs, {}],
    ['main.cjs', ofCommonJs, { 'package.json': MODULE }],
    ['main.ts', ofCommonJs, {}],
    ['main.ts', `import 'node:fs';\n${ofCommonJs}`, { 'tsconfig.json': COMMONJS }],
    ['main.cts', ofCommonJs, { 'package.json': MODULE }],
    ['main.js', plain(ofEsm), { 'package.json': MODULE }],
    ['main.js', plain(ofEsm), {}],
    ['main.mjs', plain(ofEsm), {}],
    ['main.mjs', "if (import.meta.url === `file://${process.argv[1]}`) console.log('ran a,b')", {}],
    ['main.ts', ofEsm, { 'package.json': MODULE }],
    ['main.mts', ofEsm, {}],
    ['main.ts', ofEsm, { 'tsconfig.json': COMMONJS }],
  ])('does it: %s with %s', async (entryPoint, text, others) => {
    const result = await run(entryPoint, { ...others, [entryPoint]: text }, ['a', 'b']);
    expect(result).toMatchObject({ output: null, logs: 'ran a,b\n' });
  });

  it.each<[string, string]>([
    ['main.js', `console.log(require.main === module); module.exports = () => 5;`],
    ['main.ts', `console.log(require.main === module); export default (): number => 5;`],
    ['main.ts', `console.log(require.main === module); export const run = async () => 5;`],
  ])('gives what its function returns, too: %s with %s', async (entryPoint, text) => {
    expect(await run(entryPoint, { [entryPoint]: text })).toMatchObject({
      output: 5,
      logs: 'true\n',
    });
  });

  it.each<[string, string]>([
    [
      'main.js',
      `function main() { W; } if (require.main === module) main(); module.exports = main`,
    ],
    ['main.js', `exports.run = run; function run() { W; } if (require.main === module) { run(); }`],
    ['main.ts', `export async function run() { W; } if (module === require.main) void run();`],
    ['main.ts', `export default function go() { W; }\nif (require.main === module)\n  go();`],
    [
      'main.mjs',
      `import { pathToFileURL } from 'node:url'; async function main() { W; }
      const isMain = import.meta.url === pathToFileURL(process.argv[1]).href;
      if (isMain) await main(); export { main as default };`,
    ],
  ])('runs once, by the runner, when that is its function: %s with %s', async (file, text) => {
    const work = `console.log('work'); return 5`;
    const result = await run(file, { [file]: text.replace('W', work) });
    expect(result).toMatchObject({ output: 5, logs: 'work\n' });
  });

  it('is the only one that does: a module it loads is not the main one', async () => {
    const other = `export const a = 5; if (require.main === module) console.log('wrong');`;
    const text = `import { a } from './other'; if (require.main === module) console.log(a);`;
    expect((await run('main.ts', { 'main.ts': text, 'other.ts': other })).logs).toBe('5\n');
  });

  it('may say something to the process that started it, as a forked one does', async () => {
    const text = `process.send('ready'); process.send(null); process.send({ kind: 'done' });
      process.send({ kind: 'failed', error: 'no' }); module.exports = () => 5;`;
    expect(await run('main.js', { 'main.js': text })).toMatchObject({ output: 5 });
  });

  it('ends as failed when it awaits what never comes', async () => {
    const running = run('main.mjs', { 'main.mjs': 'await new Promise(() => {});' });
    await expect(running).rejects.toThrow('The program ended with code 13');
  });

  it('may start processes and threads from its own files', async () => {
    const text = `const { fork } = require('node:child_process');
      const { Worker, isMainThread } = require('node:worker_threads');
      if (process.argv[2] === 'child') console.log('child');
      else if (!isMainThread) console.log('thread');
      else fork(__filename, ['child']).on('exit', () => new Worker(__filename));`;
    expect((await run('main.js', { 'main.js': text })).logs).toBe('child\nthread\n');
  });
});

describe('TypeScript', () => {
  it('for CommonJS finds its files and folders, and loads modules by require', async () => {
    const result = await run('src/main.ts', {
      'package.json': '{ "name": "shop" }',
      'tsconfig.json': COMMONJS,
      'data/x.txt': 'X',
      'src/deep/other.ts': 'export const where: string = __dirname; export default 5;',
      'src/word.ts': 'export const word = "w";',
      'src/main.ts': `import * as fs from 'fs'; import path, { basename } from 'path';
        import five, { where } from './deep/other'; import shop from '../package.json';
        const { word } = require('./word');
        const text = fs.readFileSync(path.join(__dirname, '../data/x.txt'), 'utf8');
        console.log(text, five, basename(where), word, shop.name, basename(__filename));`,
    });
    expect(result.logs).toBe('X 5 deep w shop main.ts\n');
  });

  it('for ES modules finds its folder by either way, and may await at its top', async () => {
    const result = await run('src/main.ts', {
      'package.json': MODULE,
      'src/main.ts': `import { dirname, basename } from 'node:path';
        import { fileURLToPath } from 'node:url';
        const __dirname = dirname(fileURLToPath(import.meta.url));
        console.log(await Promise.resolve(basename(__dirname)), basename(__filename));`,
    });
    expect(result.logs).toBe('src main.ts\n');
  });

  it.each([MODULE, '{}'])('may declare those names itself: with %s', async (packageJson) => {
    const result = await run('main.ts', {
      'package.json': packageJson,
      'places.ts': `import * as path from 'node:path'; import { fileURLToPath } from 'node:url';
        export const __filename = fileURLToPath(import.meta.url);
        export const { dir: __dirname } = path.parse(__filename);`,
      'other.ts': `import { __filename } from './places.js'; declare const __dirname: string;
        export const other = __filename.startsWith(__dirname);`,
      'main.ts': `#!/usr/bin/env node\nimport { other } from './other.js';
        import { __dirname } from './places.js';
        console.log(other, __filename.startsWith(__dirname));`,
    });
    expect(result.logs).toBe('true true\n');
  });

  it.each([
    ['main.ts', 'tsconfig.json', COMMONJS],
    ['main.ts', 'package.json', MODULE],
  ])('loads packages from node_modules: %s with %s %s', async (entryPoint, file, text) => {
    const result = await run(entryPoint, {
      [file]: text,
      [entryPoint]: `import a from 'a'; import { b } from 'b'; console.log(a, b);`,
      'node_modules/a/index.js': 'module.exports = 1;',
      'node_modules/b/package.json': '{ "exports": { "import": "./b.mjs", "require": "./b.cjs" } }',
      'node_modules/b/b.mjs': 'export const b = 2;',
      'node_modules/b/b.cjs': 'exports.b = 2;',
    });
    expect(result.logs).toBe('1 2\n');
  });

  it.each([
    ['main.ts', COMMONJS],
    ['main.mts', '{}'],
  ])('that fails tells its place and not its text: %s with %s', async (file, config) => {
    const thrown = run(file, {
      'tsconfig.json': config,
      [file]: `const word: string = 'secret word'; \n console.log(word);\nnowhere(word);`,
    });
    const error: unknown = await thrown.catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      message: expect.stringMatching(/nowhere is not defined[^]*main\.m?ts:3/) as string,
    });
    expect(String(error)).not.toMatch(/data:|secret/);
  });
});
