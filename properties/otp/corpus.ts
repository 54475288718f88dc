import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scenario } from './scenario.js';
import type { Trace } from './trace.js';

export type ScenarioRunner = (scenario: Scenario) => Trace | Promise<Trace>;

/** Runs every scenario of one directory and writes its trace to another; returns how many. */
export async function runCorpus(
  runScenario: ScenarioRunner,
  scenarioDir: string,
  traceDir: string,
): Promise<number> {
  mkdirSync(traceDir, { recursive: true });
  const files = readdirSync(scenarioDir).filter((file) => file.endsWith('.json'));
  for (const file of files) {
    const scenario = JSON.parse(readFileSync(join(scenarioDir, file), 'utf8')) as Scenario;
    const trace = await runScenario(scenario);
    writeFileSync(join(traceDir, file), `${JSON.stringify(trace, null, 1)}\n`);
  }
  return files.length;
}
