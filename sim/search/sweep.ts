import { EXIT } from '../report/verdict.js';
import type { Scenario } from '../scenarios/scenario.js';
import { harnessFailure, type RunOutcome } from './run-outcome.js';
import type { ScenarioRunner } from './scenario-runner.js';

export interface SweepOptions {
  readonly firstSeed: number;
  /** Without end when absent. */
  readonly runs?: number | undefined;
  /** Real time after which no further run begins; those that have begun go on to their end. */
  readonly budgetMs?: number | undefined;
  /** Ends at the first seed that fails. */
  readonly untilFailure: boolean;
  readonly signal: AbortSignal;
  draw(seed: number): Scenario;
  nowMs(): number;
  /** Called after each run, in the order in which they end. */
  ended?(outcome: RunOutcome): void;
}

export interface Sweep {
  /** In the order of their seeds, whatever the number of jobs. */
  readonly outcomes: readonly RunOutcome[];
  readonly end: SweepEnd;
}

/** Why no further seed was taken. */
export type SweepEnd = 'runs' | 'budget' | 'failure' | 'aborted';

/**
 * Runs one seed after another, as many at a time as the runner takes. A seed that fails, or whose
 * run breaks the simulator, is an outcome as any other.
 */
export async function sweep(runner: ScenarioRunner, options: SweepOptions): Promise<Sweep> {
  const { firstSeed, runs = Infinity, budgetMs = Infinity, untilFailure, signal } = options;
  const outcomes: RunOutcome[] = [];
  const startedMs = options.nowMs();
  let taken = 0;
  let failedSeed = Infinity;
  const over = (): SweepEnd | undefined => {
    if (signal.aborted) return 'aborted';
    if (untilFailure && failedSeed < Infinity) return 'failure';
    if (taken >= runs) return 'runs';
    return taken > 0 && options.nowMs() - startedMs >= budgetMs ? 'budget' : undefined;
  };
  let end: SweepEnd | undefined;
  const work = async (): Promise<void> => {
    while (end === undefined && (end = over()) === undefined) {
      const seed = firstSeed + taken;
      taken += 1;
      const outcome = await outcomeFor(seed);
      if (signal.aborted || outcome.verdict.exitCode === EXIT.aborted) continue;
      outcomes.push(outcome);
      if (outcome.verdict.exitCode !== EXIT.pass) failedSeed = Math.min(failedSeed, seed);
      options.ended?.(outcome);
    }
  };
  const outcomeFor = async (seed: number): Promise<RunOutcome> => {
    try {
      return await runner.run(options.draw(seed));
    } catch (error) {
      return harnessFailure(seed, error);
    }
  };
  await Promise.all(Array.from({ length: runner.jobs }, work));
  outcomes.sort((left, right) => left.seed - right.seed);
  if (signal.aborted) return { outcomes, end: 'aborted' };
  if (!untilFailure || failedSeed === Infinity) return { outcomes, end: end ?? 'runs' };
  // Runs beside it had begun by then; how many is a matter of luck.
  return { outcomes: outcomes.filter(({ seed }) => seed <= failedSeed), end: 'failure' };
}
