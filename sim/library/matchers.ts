import { findFailure, type FindOptions } from './failure.js';
import { simulate } from './simulate.js';
import type { SimulateOptions } from './simulation-options.js';
import type { SimulationReport } from './simulation-report.js';
import { withSeeds } from './simulated.js';

declare global {
  // The namespace that vitest and jest take matchers from: with neither of them it is empty.
  // eslint-disable-next-line @typescript-eslint/no-namespace -- it is theirs
  namespace jest {
    /* eslint-disable-next-line @typescript-eslint/no-unused-vars,
       @typescript-eslint/no-empty-object-type -- as they declare it */
    interface Matchers<R, T = {}> {
      /** The report of a run that broke nothing; the message is the report. */
      toHoldInvariants(): R;
      /** Options whose run gives the same trace when it is made again, in the other lane too. */
      toReplay(): Promise<R>;
      /** Options whose seeds all pass, 1 to 100 by default; the first failure is shrunk. */
      toSurvive(seeds?: SimulateOptions['seeds']): Promise<R>;
    }
  }
}

/** What a matcher gives to vitest, and to jest. */
export interface Matched {
  readonly pass: boolean;
  /** What to print when it failed, with the way to run it again. */
  message(): string;
}

/** What a matcher is told about the test that it stands in. */
export interface MatcherPlace {
  readonly testPath?: string | undefined;
  readonly currentTestName?: string | undefined;
}

/** For `expect.extend(simulationMatchers)`. */
export const simulationMatchers = {
  /** That a run which is over kept every promise. */
  toHoldInvariants(this: MatcherPlace, report: SimulationReport): Matched {
    return {
      pass: report.passed,
      message: () =>
        report.passed
          ? `expected the run to break a promise, and it held them all: ${report.toString()}`
          : withReplay(report.toString(), report.seed, this),
    };
  },

  /** That the options give the same trace again, in both lanes. */
  async toReplay(this: MatcherPlace, options: SimulateOptions): Promise<Matched> {
    const { lane = 'inproc' } = options;
    const other = lane === 'inproc' ? 'worker' : 'inproc';
    const first = await simulate(options);
    const { seed } = first;
    const { seeds: _, ...rest } = options;
    for (const again of [lane, other] as const) {
      const { traceHash } = await simulate({ ...rest, seed, lane: again });
      if (traceHash === first.traceHash) continue;
      const text =
        `expected seed ${seed} to give the same trace again, and the ${again} lane gave ` +
        `${traceHash} after ${first.traceHash}: something in the module depends on the machine`;
      return { pass: false, message: () => withReplay(text, seed, this) };
    }
    return { pass: true, message: () => `expected seed ${seed} to give another trace` };
  },

  /** That no seed breaks a promise; the first that does is shrunk and explained. */
  async toSurvive(
    this: MatcherPlace,
    options: FindOptions,
    seeds?: SimulateOptions['seeds'],
  ): Promise<Matched> {
    const { seed: _, ...rest } = options;
    const failure = await findFailure(
      withSeeds(seeds === undefined ? options : { ...rest, seeds }),
    );
    if (failure === undefined) {
      return { pass: true, message: () => 'expected a seed to break a promise, and none did' };
    }
    const { seed } = failure.report;
    return { pass: false, message: () => withReplay(failure.toString(), seed, this) };
  },
};

// Nobody wants to look for the test that a seed belongs to.
function withReplay(
  text: string,
  seed: number,
  { testPath, currentTestName }: MatcherPlace,
): string {
  if (testPath === undefined) return text;
  const folder = `${process.cwd()}/`;
  const file = testPath.startsWith(folder) ? testPath.slice(folder.length) : testPath;
  const title =
    currentTestName === undefined ? '' : ` -t ${JSON.stringify(pattern(currentTestName))}`;
  return `${text}\nreplay: FAULTLINE_SIM_SEED=${seed} npx vitest run ${file}${title}`;
}

// The filter is a regular expression over the titles joined by blanks.
function pattern(testName: string): string {
  return testName.replaceAll(' > ', ' ').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
