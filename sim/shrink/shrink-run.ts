import { EXIT } from '../report/verdict.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { RunOutcome } from '../search/run-outcome.js';
import type { ScenarioRunner } from '../search/scenario-runner.js';
import { shrinkScenario } from './shrink-scenario.js';
import type { ShrinkControl, ShrinkEnd } from './shrinking.js';

export interface ShrunkRun {
  readonly scenario: Scenario;
  /** The last run of it. */
  readonly outcome: RunOutcome;
  readonly tries: number;
  readonly end: ShrinkEnd;
  /** Whether it failed the same way twice more. */
  readonly isVerified: boolean;
}

/** What about `outcome` a smaller run has to fail as well; `undefined` when it can't be shrunk. */
export function shrinkableBreak({ verdict }: RunOutcome): string | undefined {
  // Less happens in a smaller run, so what never happened would be missed all the more.
  return verdict.broken === 'untested' || verdict.broken === 'unanswered'
    ? undefined
    : verdict.broken;
}

/**
 * Looks for the smallest scenario that breaks the same promise as `outcome` of `scenario` did, and
 * makes sure of it. The same scenario gives the same result, unless it is interrupted.
 */
export async function shrinkRun(
  runner: ScenarioRunner,
  scenario: Scenario,
  outcome: RunOutcome,
  control: ShrinkControl,
): Promise<ShrunkRun> {
  const wanted = shrinkableBreak(outcome);
  let last = outcome;
  const breaks = async (candidate: Scenario): Promise<boolean> => {
    const tried = await runner.run(candidate);
    if (tried.verdict.exitCode === EXIT.aborted || tried.verdict.broken !== wanted) return false;
    last = tried;
    return true;
  };
  const keepsEnd = outcome.verdict.exitCode === EXIT.notConverged;
  const options = { ...control, keepsEnd };
  const { best, tries, end } = await shrinkScenario(scenario, breaks, options);
  const isVerified = end !== 'aborted' && (await breaks(best)) && (await breaks(best));
  return { scenario: best, outcome: last, tries, end, isVerified };
}
