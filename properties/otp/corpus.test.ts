import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCorpus, type ScenarioRunner } from './corpus.js';
import { runScenario } from './driver.js';
import { runScenario as runOnKernel } from './kernel-driver.js';

const corpusDir = fileURLToPath(new URL('corpus/', import.meta.url));

test.each([
  ['Supervisor', 'given', '.', runScenario],
  ['the kernel alone', 'given', '.', runOnKernel],
  ['Supervisor', 'recorded', 'recorded', runScenario],
  ['the kernel alone', 'recorded', 'recorded', runOnKernel],
])(
  "%s leaves the traces that Erlang's supervisor leaves, reports included (%s)",
  async (_runner, _which, folder, run) => {
    const scenarioDir = join(corpusDir, folder, 'scenarios');
    const oracleDir = join(corpusDir, folder, 'traces');
    const count = readdirSync(oracleDir).length;
    expect(await verdict(run, scenarioDir, oracleDir)).toContain(`${count} match, 0 differ`);
  },
);

async function verdict(
  run: ScenarioRunner,
  scenarioDir: string,
  oracleDir: string,
): Promise<string> {
  const traceDir = mkdtempSync(join(tmpdir(), 'faultline-traces-'));
  try {
    await runCorpus(run, scenarioDir, traceDir);
    return compare(scenarioDir, oracleDir, traceDir);
  } finally {
    rmSync(traceDir, { recursive: true, force: true });
  }
}

function compare(scenarioDir: string, oracleDir: string, traceDir: string): string {
  const script = join(corpusDir, 'compare.mjs');
  const args = [script, '--scenarios', scenarioDir, oracleDir, traceDir];
  try {
    const options = ['--reports', '--full-errors'];
    return execFileSync(process.execPath, [...args, ...options], { encoding: 'utf8' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
