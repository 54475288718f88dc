import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runScenario } from './kernel-driver.js';
import type { Scenario } from './scenario.js';

/** Runs every scenario in a directory and writes its trace to another; returns how many there were. */
export function runCorpus(scenarioDir: string, traceDir: string): number {
  mkdirSync(traceDir, { recursive: true });
  const files = readdirSync(scenarioDir).filter((file) => file.endsWith('.json'));
  for (const file of files) {
    const scenario = JSON.parse(readFileSync(join(scenarioDir, file), 'utf8')) as Scenario;
    writeFileSync(join(traceDir, file), `${JSON.stringify(runScenario(scenario), null, 1)}\n`);
  }
  return files.length;
}
