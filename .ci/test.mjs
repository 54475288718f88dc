// Runs every check of the project in order, all of them even when one fails, and ends with the sum:
// `N passed, N failed`. A step that is not a suite of tests counts as one test.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const STEP_TIMEOUT_MS = 660_000;
const SIMULATION_TIMEOUT_MS = 120_000;

process.exitCode = (await runAll()) ? 0 : 1;

async function runAll() {
  const steps = [
    ['types', () => checked('typescript/bin/tsc', ['-p', '.'])],
    [
      'types of the report page',
      () => checked('typescript/bin/tsc', ['-p', 'sim/report/html/page']),
    ],
    ['lint', () => checked('eslint/bin/eslint.js', ['--max-warnings', '0', '.'])],
    ['format', () => checked('prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.'])],
    ['tests', tests],
    ['simulation sweep', sweep],
  ];
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const [title, step] of steps) {
    say(`\n> ${title}`);
    const startMs = performance.now();
    const counts = await step();
    sum.passed += counts.passed;
    sum.failed += counts.failed;
    sum.skipped += counts.skipped ?? 0;
    const verdict = counts.failed === 0 ? 'ok' : 'FAILED';
    say(`> ${title}: ${verdict} in ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
  }
  const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : '';
  say(`\n${sum.passed} passed, ${sum.failed} failed${skipped}`);
  return sum.failed === 0;
}

async function checked(tool, args) {
  return asOneTest(await run([join(root, 'node_modules', tool), ...args], STEP_TIMEOUT_MS));
}

async function tests() {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-test-'));
  try {
    const outputFile = join(folder, 'vitest.json');
    const ended = await run(
      [
        join(root, 'node_modules/vitest/vitest.mjs'),
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${outputFile}`,
      ],
      STEP_TIMEOUT_MS,
    );
    return countsOf(JSON.parse(await readFile(outputFile, 'utf8')), ended);
  } catch (error) {
    say(`the tests left no readable report: ${error}`);
    return asOneTest(false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function countsOf(report, ended) {
  // A file that does not even load has no failed test of its own.
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every(isNoFailure),
  ).length;
  const failed = report.numFailedTests + unloaded;
  return {
    passed: report.numPassedTests,
    // An error outside of any test fails the run too.
    failed: failed === 0 && !ended ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function isNoFailure(assertion) {
  return assertion.status !== 'failed';
}

// Few seeds: enough to see that the command works and the promises hold, in both lanes.
async function sweep() {
  const runs = [
    ['--seed', '7', '--lane', 'worker', '--check-determinism'],
    ...[1, 2, 3, 4, 5, 6].map((seed) => ['--seed', `${seed}`, '--lane', 'inproc']),
  ];
  let ok = true;
  for (const flags of runs) {
    const args = ['--nodes', '5', '--kill', '2', ...flags, '--quiet'];
    say(`sim ${args.join(' ')}`);
    const passed = await run(['--import', 'tsx', 'sim/main.ts', ...args], SIMULATION_TIMEOUT_MS);
    ok = passed && ok;
  }
  return asOneTest(ok);
}

function asOneTest(ok) {
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Runs Node with `args` and this terminal; true when it exits 0 within `timeoutMs`. */
function run(args, timeoutMs) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
    const timer = setTimeout(() => {
      say(`killed: it took longer than ${timeoutMs / 1000} s`);
      child.kill('SIGKILL');
    }, timeoutMs);
    child.on('error', (error) => say(`could not start: ${error.message}`));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
