import type { LaneName } from '../lanes/lane.js';
import { EXIT } from '../report/verdict.js';
import type { Scenario } from '../scenarios/scenario.js';
import { simulate } from '../simulate.js';
import { harnessFailure, outcomeOf, type RunOutcome } from './run-outcome.js';
import { simOptionsOf } from './subject.js';

/** Makes runs, some of them at a time. */
export interface ScenarioRunner {
  /** How many runs may go on at a time. */
  readonly jobs: number;
  /** Never rejects: what goes wrong with the simulator is an outcome of that one run. */
  run(scenario: Scenario): Promise<RunOutcome>;
  /** Ends every run that still goes on, at once. */
  close(): Promise<void>;
}

/**
 * Makes one run at a time in this process. With several lanes each run is made in all of them, and
 * traces that differ are a failure.
 */
export class LaneRunner implements ScenarioRunner {
  readonly jobs = 1;
  readonly #lanes: readonly LaneName[];
  readonly #plant: string | undefined;
  readonly #abort = new AbortController();

  constructor(lanes: readonly LaneName[], plant: string | undefined) {
    this.#lanes = lanes;
    this.#plant = plant;
  }

  async run(scenario: Scenario): Promise<RunOutcome> {
    try {
      const [lane = 'inproc', ...others] = this.#lanes;
      const first = await this.#runIn(lane, scenario);
      for (const other of others) {
        const again = await this.#runIn(other, scenario);
        if (again.verdict.exitCode === EXIT.aborted) return again;
        if (again.traceHash !== first.traceHash) return different(first, other);
      }
      return first;
    } catch (error) {
      return harnessFailure(scenario.seed, error);
    }
  }

  close(): Promise<void> {
    this.#abort.abort();
    return Promise.resolve();
  }

  async #runIn(lane: LaneName, scenario: Scenario): Promise<RunOutcome> {
    const options = simOptionsOf({ scenario, plant: this.#plant });
    const { signal } = this.#abort;
    const report = await simulate({ ...options, lane, signal, keepEntries: 0 });
    return outcomeOf(report, scenario);
  }
}

function different(first: RunOutcome, lane: LaneName): RunOutcome {
  const reason = `the run differs when it is made again in the ${lane} lane`;
  const { violation: _, ...rest } = first;
  return { ...rest, verdict: { word: 'FAIL', exitCode: EXIT.notDeterministic, reason } };
}
