import fc from 'fast-check';
import { expect } from 'vitest';
import type { LaneName } from '../../sim/lanes/lane.js';
import { plantedBugs, type PlantedBugName } from '../../sim/planted/all.js';
import { staged, type Stage } from '../../sim/planted/stage.js';
import { simulate, type SimReport } from '../../sim/simulate.js';

export interface SimulatedLaw {
  readonly stages: fc.Arbitrary<Stage>;
  /** The checker that judges each run, if one does. */
  readonly checker?: string;
  /** What else there is to say against a run. */
  readonly objection?: (report: SimReport, stage: Stage) => string | undefined;
}

export interface SimulatedRuns {
  readonly runs: number;
  readonly lane?: LaneName;
  /** Has the nodes run with this bug, and asks for the first case that shows it. */
  readonly planted?: PlantedBugName;
}

/** Runs a cluster for each of many plans. A failure prints the seed and the smallest plan. */
export async function assertSimulated(
  { stages, checker, objection }: SimulatedLaw,
  { runs, lane = 'inproc', planted }: SimulatedRuns,
): Promise<void> {
  const numRuns = fc.readConfigureGlobal().numRuns ?? runs;
  const seeds = fc.nat({ max: 1_000_000 });
  const property = fc.asyncProperty(stages, seeds, async (stage, seed) => {
    const options = staged(stage);
    const alias = planted === undefined ? {} : plantedBugs[planted].alias;
    const program = { ...options.program, alias };
    const checkers = checker === undefined ? [] : [checker];
    const report = await simulate({ ...options, seed, lane, program, checkers, keepEntries: 0 });
    expect(report.failures, 'no node fails').toEqual([]);
    const wrong = report.violation?.message ?? objection?.(report, stage);
    // Said in full: what was expected alone would be cut short.
    expect(wrong, wrong).toBeUndefined();
  });
  // Shrinking takes many runs more, and a planted bug is known already.
  await fc.assert(property, { numRuns, endOnFailure: planted !== undefined });
}

/** What the law says against the planted bug; `undefined` when it finds nothing. */
export async function objectionTo(
  planted: PlantedBugName,
  law: SimulatedLaw,
  runs: number,
): Promise<string | undefined> {
  try {
    await assertSimulated(law, { runs, planted });
    return undefined;
  } catch (failure) {
    const { cause } = failure as Error;
    return cause instanceof Error ? cause.message : String(failure);
  }
}
