import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { runCorpus } from './corpus.js';

const corpusDir = fileURLToPath(new URL('corpus/', import.meta.url));
const scenarioDir = join(corpusDir, 'scenarios');
const oracleDir = join(corpusDir, 'traces');
const traceDir = mkdtempSync(join(tmpdir(), 'faultline-traces-'));

afterAll(() => rmSync(traceDir, { recursive: true, force: true }));

test("the kernel leaves the traces that Erlang's supervisor leaves, reports included", () => {
  const count = runCorpus(scenarioDir, traceDir);
  expect(count).toBe(readdirSync(oracleDir).length);
  expect(compare('--reports', '--full-errors')).toContain(`${count} match, 0 differ`);
});

function compare(...options: string[]): string {
  const script = join(corpusDir, 'compare.mjs');
  const args = [script, '--scenarios', scenarioDir, oracleDir, traceDir, ...options];
  try {
    return execFileSync(process.execPath, args, { encoding: 'utf8' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
