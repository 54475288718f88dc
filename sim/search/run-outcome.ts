import type { Violation } from '../checkers/checker.js';
import { faultCounts, type FaultCount } from '../report/fault-counts.js';
import { recoveriesOf } from '../report/recovery.js';
import { type Invariant, invariantsOf } from '../report/summary.js';
import { EXIT, type Verdict, verdictOf } from '../report/verdict.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { SimReport } from '../simulate.js';
import { sometimesOf, type SometimesRow } from '../sometimes/all.js';

/** What is kept of one run among many. Plain data. */
export interface RunOutcome {
  readonly seed: number;
  readonly verdict: Verdict;
  readonly violation?: Violation;
  /** Empty when the simulator failed. */
  readonly traceHash: string;
  readonly events: number;
  readonly virtualMs: number;
  readonly invariants: readonly Invariant[];
  readonly sometimes: readonly SometimesRow[];
  readonly faults: readonly FaultCount[];
  /** Virtual milliseconds from each loss of a child to its return. */
  readonly recoveriesMs: readonly number[];
}

export function outcomeOf(report: SimReport, scenario: Scenario): RunOutcome {
  const { violation, observed } = report;
  const recoveries = recoveriesOf(observed, scenario.settings.nodeIds);
  return {
    seed: scenario.seed,
    verdict: verdictOf(report, scenario),
    ...(violation === undefined ? {} : { violation }),
    traceHash: report.traceHash,
    events: report.events,
    virtualMs: report.endedUs / 1000,
    invariants: invariantsOf(report),
    sometimes: sometimesOf(observed, scenario),
    faults: faultCounts(report.faults),
    recoveriesMs: recoveries.map(({ crashedUs, startedUs }) => (startedUs - crashedUs) / 1000),
  };
}

/** What is kept of a run in which the simulator itself failed, or a turn did not end. */
export function harnessFailure(seed: number, error: unknown): RunOutcome {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    seed,
    verdict: { word: 'FAIL', exitCode: EXIT.harness, reason },
    traceHash: '',
    events: 0,
    virtualMs: 0,
    invariants: [],
    sometimes: [],
    faults: [],
    recoveriesMs: [],
  };
}
