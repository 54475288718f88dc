import { workerData } from 'node:worker_threads';
import { InprocRunner } from '../lanes/inproc-runner.js';
import type { RunConfig } from '../run-config.js';
import type { Scenario } from '../scenarios/scenario.js';
import { outcomeOf, type RunOutcome } from './run-outcome.js';

/** What every thread of a search starts with: texts that are the same for all of its runs. */
export interface SearchThreadData {
  /** The bundled text of `lanes/inproc-thread`. */
  readonly threadText: string;
  /** The bundled text of the nodes' program. */
  readonly program: string;
}

export interface SearchTask {
  readonly config: RunConfig;
  readonly scenario: Scenario;
  readonly checkers: readonly string[];
}

const { threadText, program } = workerData as SearchThreadData;
let runner: InprocRunner | undefined;

/**
 * Makes one run in a thread of its own below this one, which is its watchdog: a run that gets stuck
 * is ended and rejected, and the next one gets a fresh thread.
 */
export default async function search(task: SearchTask): Promise<RunOutcome> {
  const { config, scenario, checkers } = task;
  runner ??= new InprocRunner(threadText);
  const startedMs = performance.now();
  const current = runner;
  runner = undefined;
  const result = await current.run(config, program, { checkers });
  // A thread keeps memory of everything that it compiled.
  if (current.runs < RUNS_PER_THREAD) runner = current;
  else await current.close();
  const wallMs = performance.now() - startedMs;
  return outcomeOf({ ...result, lane: 'inproc', config, wallMs }, scenario);
}

const RUNS_PER_THREAD = 200;
