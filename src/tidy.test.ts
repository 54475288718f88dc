// The house inspects itself: every rule is held against the project, and against a small file that
// breaks it, so that a rule which has gone blind is seen.
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { importsGoDownward, nothingIsImportedLate, packagesStayAtTheEdges } from './tidy-floors.js';
import {
  everyTestRuns,
  filesAreNamedAfterANoun,
  filesAreShort,
  linesAreNarrow,
  modulesHoldNoState,
  noPathOfOneMachine,
  nothingDependsOnTheLocale,
  onlyThePlatformTouchesTheWorld,
  strayFolders,
  theSimulatorDrawsFromItsSeed,
} from './tidy-rules.js';
import { readProject, show, source, topLevelFolders, type Rule } from './tidy-source.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const project = readProject(root);

describe('imports', () => {
  it('go downward', () => tidy(importsGoDownward));

  it.each([
    ['src/base/a.ts', `import '../otp/call.js';`, 'base imports from otp, which is above it'],
    ['src/runtime/a.ts', `export * from '../transport/memory.js';`, 'transport, which is beside'],
    ['src/transport/a.ts', `import type { R } from '../runtime/router.js';`, 'which is beside it'],
    ['src/otp/a.ts', `let x: import('../cluster/codec.js').Codec;`, 'cluster, which is above it'],
    ['src/cluster/a.ts', `import { x } from '../index.js';`, 'imports from door, which is above'],
    ['src/index.ts', `import '../sim/world.js';`, 'src imports sim/world.ts'],
    ['src/cli/main.ts', `import '../../sim/main.js';`, 'src imports sim/main.ts'],
    ['sim/world.ts', `import '../properties/models/queue.js';`, 'sim imports properties/models'],
    ['bench/main.ts', `import '../properties/models/queue.js';`, 'bench imports properties/models'],
    ['src/attic/a.ts', `import '../base/heap.js';`, 'attic is no floor'],
    ['src/otp/a.ts', `import '../tidy-rules.js';`, 'src/tidy-rules.ts is no floor'],
  ])('%s with %s is seen', (path, text, wrong) => sees(importsGoDownward, path, text, wrong));

  it.each([
    ['src/otp/supervisor/host.ts', `import '../supervision/kernel.js'; import '../../base/a.js';`],
    ['src/index.ts', `import './tasks/task.js'; import './threads/thread-node.js';`],
    ['src/examples/pool.ts', `import '../index.js';`],
    ['src/cli/main.ts', `await import('../../sim/main.js');`],
    ['sim/world.ts', `import '../src/index.js';`],
    ['properties/a.test.ts', `import '../sim/index.js'; import '../src/base/heap.js';`],
    ['src/base/a.ts', `// import '../otp/call.js'\nconst text = "import '../otp/call.js'";`],
  ])('%s with %s is fine', (path, text) => allows(importsGoDownward, path, text));

  it('of packages and of Node stay at the edges', () => tidy(packagesStayAtTheEdges));

  it.each([
    ['src/base/a.ts', `import { join } from 'node:path';`, 'imports node:path'],
    ['src/otp/a.ts', `import fs from 'fs';`, 'imports fs'],
    ['src/cluster/cluster.ts', `import { pack } from 'msgpackr';`, 'imports msgpackr'],
    ['src/cluster/codec.ts', `import pino from 'pino';`, 'imports pino'],
    ['src/otp/call.ts', `import { it } from 'vitest';`, 'imports vitest'],
    ['src/otp/call.ts', `const fs = require('node:fs');`, 'imports node:fs'],
  ])('%s with %s is seen', (path, text, wrong) => sees(packagesStayAtTheEdges, path, text, wrong));

  it.each([
    ['src/cluster/codec-value.ts', `import { pack } from 'msgpackr/index-no-eval';`],
    ['src/cluster/handshake-proof.ts', `import { createHmac } from 'node:crypto';`],
    ['src/transport/tcp.ts', `import { connect } from 'node:net';`],
    ['src/otp/call.test.ts', `import fc from 'fast-check'; import { it } from 'vitest';`],
    ['sim/bundle.ts', `import { build } from 'esbuild';`],
  ])('%s with %s is fine', (path, text) => allows(packagesStayAtTheEdges, path, text));

  it('are at the top of the file', () => tidy(nothingIsImportedLate));

  it.each([
    ['src/otp/a.ts', `await import('./call.js');`, 'has an import() of ./call.js'],
    ['src/otp/a.ts', 'await import(`./${name}.js`);', 'has an import() of a computed name'],
    ['sim/world.ts', `await import('./network.js');`, 'has an import() of ./network.js'],
  ])('%s with %s is seen', (path, text, wrong) => sees(nothingIsImportedLate, path, text, wrong));

  it.each([
    ['src/threads/thread-entry.ts', `await import(url);`],
    ['src/cli/main.ts', `await import('../../sim/main.js');`],
    ['sim/bundle.ts', `await import('esbuild');`],
    ['src/otp/a.ts', `let x: import('./call.js').Call;`],
  ])('%s with %s is fine', (path, text) => allows(nothingIsImportedLate, path, text));
});

describe('the outside world', () => {
  it('is touched by the platform alone', () => tidy(onlyThePlatformTouchesTheWorld));

  it.each([
    [`const atMs = Date.now();`, 'touches Date.now'],
    [`const at = new Date();`, 'touches Date'],
    [`const text = Date();`, 'touches Date'],
    [`const x = Math.random();`, 'touches Math.random'],
    [`globalThis.setTimeout(stop, 5);`, 'touches setTimeout'],
    [`const timers = { setTimeout, other };`, 'touches setTimeout'],
    [`setInterval(tick, 5);`, 'touches setInterval'],
    [`setImmediate(tick);`, 'touches setImmediate'],
    [`const defer = queueMicrotask;`, 'touches queueMicrotask'],
    [`const nowMs = performance.now();`, 'touches performance.now'],
    [`process.nextTick(tick);`, 'touches process.nextTick'],
    [`const ns = process.hrtime.bigint();`, 'touches process.hrtime.bigint'],
    [`crypto.getRandomValues(bytes);`, 'touches crypto.getRandomValues'],
    [`import { randomBytes as bytes } from 'node:crypto';`, 'imports randomBytes'],
    [`import { setTimeout } from 'node:timers/promises';`, 'imports node:timers/promises'],
    [`import { performance } from 'node:perf_hooks';`, 'imports node:perf_hooks'],
  ])('%s is seen', (text, wrong) =>
    sees(onlyThePlatformTouchesTheWorld, 'src/transport/tcp.ts', text, wrong),
  );

  it.each([
    ['src/platform/node-platform.ts', `const atMs = Date.now();`],
    ['src/cluster/codec.ts', `if (value instanceof Date) return new Date(value.getTime());`],
    ['src/cluster/codec.ts', `type Plain = Date | number; const d = { Date: 1, performance: 2 };`],
    ['src/otp/call.ts', `platform.clock.performance; timers.setTimeout(1); // Math.random()`],
  ])('%s with %s is fine', (path, text) => allows(onlyThePlatformTouchesTheWorld, path, text));

  it('gives the simulator nothing but a seed', () => tidy(theSimulatorDrawsFromItsSeed));

  it('sees a simulator that rolls its own dice', () => {
    sees(theSimulatorDrawsFromItsSeed, 'sim/network.ts', `x = Math.random();`, 'Math.random');
    sees(theSimulatorDrawsFromItsSeed, 'sim/world.ts', `crypto.randomUUID();`, 'crypto.randomUUID');
    allows(theSimulatorDrawsFromItsSeed, 'sim/cli.ts', `const seed = Math.random();`);
  });
});

describe('modules', () => {
  it('hold no state', () => tidy(modulesHoldNoState));

  it.each([
    [`let next = 0;`, 'next is state'],
    [`export var seen = 1;`, 'seen is state'],
    [`const cache = new Map<string, number>();`, 'cache is state'],
    [`const names = new WeakSet();`, 'names is state'],
    [`const waiting: string[] = [];`, 'waiting is state'],
    [`export const settings = {};`, 'settings is state'],
    [`class A { static count = 0; }`, 'count is state'],
    [`class A { static readonly all = new Set(); }`, 'all is state'],
  ])('%s is seen', (text, wrong) => sees(modulesHoldNoState, 'src/otp/call.ts', text, wrong));

  it.each([
    [`const codes = new Map([['a', 1]]);`],
    [`const none: readonly string[] = [];`],
    [`const NO_OPTIONS: CallOptions = {};`],
    [`const none: ReadonlyMap<string, number> = new Map();`],
    [`declare const brand: unique symbol;`],
    [`function f() { let x = 0; const seen = new Set(); return [x, seen]; }`],
    [`class A { static readonly code = 'ERR_A'; count = 0; }`],
  ])('%s is fine', (text) => allows(modulesHoldNoState, 'src/otp/call.ts', text));

  it('may hold the one pointer to the current runtime', () => {
    allows(modulesHoldNoState, 'src/runtime/current.ts', `let current: Runtime | undefined;`);
  });
});

describe('files', () => {
  it('are short', () => {
    tidy(filesAreShort);
    sees(filesAreShort, 'src/otp/call.ts', 'call();\n'.repeat(401), 'has 401 lines, over 400');
    allows(filesAreShort, 'src/otp/call.ts', 'call();\n'.repeat(400));
  });

  it('are narrow', () => {
    tidy(linesAreNarrow);
    const wide = `// ${'x'.repeat(98)}`;
    sees(linesAreNarrow, 'sim/world.ts', `\n${wide}`, 'sim/world.ts:2: has 101 columns');
    allows(linesAreNarrow, 'sim/world.ts', `// ${'→'.repeat(97)}`);
    allows(linesAreNarrow, 'sim/world.ts', `// https://example.org/${'x'.repeat(98)}`);
  });

  it('are named after a noun', () => {
    tidy(filesAreNamedAfterANoun);
    for (const path of ['src/otp/utils.ts', 'sim/helpers/a.ts', 'src/types.ts', 'src/a-util.ts']) {
      sees(filesAreNamedAfterANoun, path, '', 'says nothing');
    }
    allows(filesAreNamedAfterANoun, 'src/otp/restart-type.ts', '');
  });

  it('depend on no locale', () => {
    tidy(nothingDependsOnTheLocale);
    sees(nothingDependsOnTheLocale, 'sim/a.ts', `a.localeCompare(b)`, 'localeCompare depends');
    sees(nothingDependsOnTheLocale, 'src/a.ts', `n.toLocaleString()`, 'toLocaleString depends');
    sees(nothingDependsOnTheLocale, 'src/a.ts', `new Intl.Collator()`, 'Collator depends');
    allows(nothingDependsOnTheLocale, 'src/a.ts', `// localeCompare is never used`);
  });

  it('leave no test out', () => {
    tidy(everyTestRuns);
    sees(everyTestRuns, 'src/a.test.ts', `it.only('a', () => {});`, 'touches it.only');
    sees(everyTestRuns, 'src/a.test.ts', `describe.skip('a', f);`, 'touches describe.skip');
    sees(everyTestRuns, 'src/a.test.ts', `test.concurrent.skip('a', f);`, 'concurrent.skip');
    allows(everyTestRuns, 'src/a.test.ts', `it.skipIf(isOld)('a', f); list.skip(2);`);
  });

  it('name no path of one machine', () => {
    tidy(noPathOfOneMachine);
    for (const folder of ['work', 'root', 'tmp', 'home/me', 'Users/me']) {
      sees(noPathOfOneMachine, 'README.md', `see /${folder}/notes.md`, `/${folder} exists on one`);
    }
    allows(noPathOfOneMachine, 'README.md', 'see https://example.org/work/ and src/root/tmp/a.ts');
  });
});

describe('the top level', () => {
  it('has no folder but the four and dot-folders', () => {
    expect(strayFolders(topLevelFolders(root)).map(show)).toEqual([]);
    expect(strayFolders(['src', 'lib', '.ci']).map(({ path }) => path)).toEqual(['lib']);
  });
});

function tidy(rule: Rule): void {
  expect(rule(project).map(show)).toEqual([]);
}

function sees(rule: Rule, path: string, text: string, wrong: string): void {
  expect(rule([source(path, text)]).map(show)).toEqual([expect.stringContaining(wrong)]);
}

function allows(rule: Rule, path: string, text: string): void {
  expect(rule([source(path, text)]).map(show)).toEqual([]);
}
