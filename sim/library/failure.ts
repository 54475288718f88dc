import type { Plan } from '../plan.js';
import { shrink } from '../shrink/shrink.js';
import { planLines, planText } from './plan-text.js';
import { firstFailure } from './simulate.js';
import { Simulation } from './simulation.js';
import { type SimulateOptions, seedsOf } from './simulation-options.js';
import { reportText, type SimulationReport } from './simulation-report.js';

/** A seed that breaks a promise, and the least that has to happen for it. */
export interface Failure {
  /** The run that was found. */
  readonly report: SimulationReport;
  /** A run of {@link plan}: it breaks the same promise. */
  readonly smallest: SimulationReport;
  /** The smallest plan: nothing of it can be left out. With the seed, it is a regression test. */
  readonly plan: Plan;
  /** How many plans were tried on the way. */
  readonly tries: number;
  /** Why no smaller plan was looked for: none fails, or the search had to end. */
  readonly end: 'minimal' | 'tries' | 'aborted';
  /** In one line: `smallest plan that still breaks "no deposit is lost": ...`. */
  readonly explanation: string;
  /** Options that make the smallest run again, as text for a test. */
  readonly replay: string;
  /** All of it, for a failing assertion. */
  toString(): string;
}

export interface FindOptions extends SimulateOptions {
  /** How many smaller plans are tried at most; 500 when absent, and 0 shrinks nothing. */
  readonly triesMax?: number;
}

/**
 * Looks for a seed that breaks a promise, and for the smallest plan with which that seed still
 * breaks the same one. Resolves to nothing when every seed passes.
 */
export async function findFailure(options: FindOptions): Promise<Failure | undefined> {
  const seeds = seedsOf(options);
  const simulation = await Simulation.load(options);
  const report = await firstFailure(simulation, seeds);
  return report.passed ? undefined : shrunkFailure(simulation, report, options);
}

/** The smallest failure of the same promise as the first one that `report` broke. */
export async function shrunkFailure(
  simulation: Simulation,
  report: SimulationReport,
  { triesMax = 500, signal }: Pick<FindOptions, 'triesMax' | 'signal'> = {},
): Promise<Failure> {
  const { seed } = report;
  const wanted = report.violation?.checker;
  let smallest = report;
  const fails = async (candidate: Plan): Promise<boolean> => {
    const run = await simulation.run(seed, candidate);
    if (run.violation?.checker !== wanted) return false;
    smallest = run;
    return true;
  };
  const { best, tries, end } = await shrink(report.plan, fails, { triesMax, signal });
  return failureOf({ report, smallest, plan: best, tries, end });
}

function failureOf(
  found: Pick<Failure, 'report' | 'smallest' | 'plan' | 'tries' | 'end'>,
): Failure {
  const { report, smallest, plan } = found;
  const { seed, nodes, violation } = report;
  const promise = JSON.stringify(violation?.checker);
  const replay = `simulate({ ...options, seed: ${seed}, plan: ${JSON.stringify(plan)} })`;
  const failure: Failure = {
    ...found,
    explanation: `smallest plan that still breaks ${promise}: ${planText(plan, nodes)}`,
    replay,
    toString: () =>
      [
        reportText(report),
        `smallest plan that still breaks ${promise}, after ${found.tries} tries:`,
        ...planLines(plan, nodes).map((line) => `  ${line}`),
        `  and then: ${smallest.violation?.message ?? ''}`,
        `again, that alone: ${replay}`,
      ].join('\n'),
  };
  return failure;
}
