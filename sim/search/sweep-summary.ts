import { createHash } from 'node:crypto';
import { type FaultCount, mergedCounts } from '../report/fault-counts.js';
import { percentile } from '../report/recovery.js';
import { EXIT, type ExitCode, type VerdictWord } from '../report/verdict.js';
import type { RunOutcome } from './run-outcome.js';
import type { Sweep, SweepEnd } from './sweep.js';

/** What many runs came to, as plain data. */
export interface SweepSummary {
  readonly word: VerdictWord;
  readonly exitCode: ExitCode;
  readonly end: SweepEnd;
  readonly runs: number;
  readonly passed: number;
  readonly failed: readonly RunOutcome[];
  /** Over the seeds and hashes of all runs: two searches that did the same have the same one. */
  readonly sweepHash: string;
  readonly invariants: readonly SweptInvariant[];
  readonly sometimes: readonly SweptSometimes[];
  readonly faults: readonly FaultCount[];
  readonly recovery: SweptRecovery;
  readonly events: number;
  readonly virtualMs: number;
}

export interface SweptInvariant {
  readonly id: string;
  readonly title: string;
  /** How often it was put to the test, in all runs together. */
  readonly checked: number;
  /** In how many runs it was put to the test at all. */
  readonly testedRuns: number;
  readonly failedRuns: number;
}

export interface SweptSometimes {
  readonly id: string;
  readonly title: string;
  readonly seen: number;
  readonly seenRuns: number;
}

export interface SweptRecovery {
  readonly children: number;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
}

export function sweepSummaryOf({ outcomes, end }: Sweep): SweepSummary {
  const failed = outcomes.filter(({ verdict }) => verdict.exitCode !== EXIT.pass);
  const isAborted = end === 'aborted';
  return {
    word: isAborted ? 'ABORTED' : failed.length > 0 ? 'FAIL' : 'PASS',
    exitCode: isAborted ? EXIT.aborted : exitCodeOf(failed),
    end,
    runs: outcomes.length,
    passed: outcomes.length - failed.length,
    failed,
    sweepHash: sweepHashOf(outcomes),
    invariants: invariantsOf(outcomes),
    sometimes: sometimesOf(outcomes),
    faults: mergedCounts(outcomes.flatMap(({ faults }) => faults)),
    recovery: recoveryOf(outcomes),
    events: sum(outcomes.map(({ events }) => events)),
    virtualMs: sum(outcomes.map(({ virtualMs }) => virtualMs)),
  };
}

/** One hash over all runs; they come in the order of their seeds. */
export function sweepHashOf(outcomes: readonly RunOutcome[]): string {
  const hash = createHash('sha256');
  for (const { seed, traceHash } of outcomes) hash.update(`${seed} ${traceHash}\n`);
  return hash.digest('hex');
}

// Any broken promise is one; where all failures are of one other kind, that kind says more.
function exitCodeOf(failed: readonly RunOutcome[]): ExitCode {
  const codes = new Set(failed.map(({ verdict }) => verdict.exitCode));
  const [only = EXIT.pass] = codes;
  if (codes.size <= 1 && (only === EXIT.harness || only === EXIT.notDeterministic)) return only;
  return failed.length === 0 ? EXIT.pass : EXIT.broken;
}

function invariantsOf(outcomes: readonly RunOutcome[]): SweptInvariant[] {
  const rows = new Map<string, SweptInvariant>();
  for (const { invariants } of outcomes) {
    for (const { id, title, checked, failed } of invariants) {
      const before = rows.get(id) ?? { id, title, checked: 0, testedRuns: 0, failedRuns: 0 };
      rows.set(id, {
        ...before,
        checked: before.checked + checked,
        testedRuns: before.testedRuns + (checked > 0 ? 1 : 0),
        failedRuns: before.failedRuns + (failed > 0 ? 1 : 0),
      });
    }
  }
  return [...rows.values()];
}

function sometimesOf(outcomes: readonly RunOutcome[]): SweptSometimes[] {
  const rows = new Map<string, SweptSometimes>();
  for (const { sometimes } of outcomes) {
    for (const { id, title, seen } of sometimes) {
      const before = rows.get(id) ?? { id, title, seen: 0, seenRuns: 0 };
      const seenRuns = before.seenRuns + (seen > 0 ? 1 : 0);
      rows.set(id, { ...before, seen: before.seen + seen, seenRuns });
    }
  }
  return [...rows.values()];
}

function recoveryOf(outcomes: readonly RunOutcome[]): SweptRecovery {
  const tookMs = outcomes.flatMap(({ recoveriesMs }) => recoveriesMs);
  tookMs.sort((left, right) => left - right);
  return {
    children: tookMs.length,
    p50Ms: percentile(tookMs, 0.5),
    p90Ms: percentile(tookMs, 0.9),
    p99Ms: percentile(tookMs, 0.99),
    maxMs: tookMs.at(-1) ?? null,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
