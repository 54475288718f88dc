import type { RunOutcome } from '../search/run-outcome.js';
import type { SweepSummary } from '../search/sweep-summary.js';
import type { SweepFacts } from './sweep-tables.js';

export interface SweepJsonFacts extends SweepFacts {
  readonly firstSeed: number;
  readonly lane: string;
  readonly jobs: number;
  readonly replay: string;
  /** In the order of their seeds. */
  readonly outcomes: readonly RunOutcome[];
}

/** The one object that `--json` prints of a search. What the machine decides is rounded. */
export function sweepJson(summary: SweepSummary, facts: SweepJsonFacts): object {
  const { word, exitCode, failed, ...rest } = summary;
  const { firstSeed, lane, jobs, wallMs, replay, replayOf, outcomes } = facts;
  return {
    seed: firstSeed,
    lane,
    jobs,
    runs: rest.runs,
    passed: rest.passed,
    failed: failed.map(({ seed, verdict, violation }) => ({
      seed,
      exitCode: verdict.exitCode,
      broken: verdict.broken ?? null,
      reason: verdict.reason ?? null,
      violation: violation ?? null,
      replay: replayOf(seed),
    })),
    end: rest.end,
    sweepHash: rest.sweepHash,
    traceHashes: outcomes.map(({ traceHash }) => traceHash),
    invariants: rest.invariants,
    sometimes: rest.sometimes,
    faults: rest.faults,
    recovery: rest.recovery,
    events: rest.events,
    virtualMs: rest.virtualMs,
    wallMs: Math.round(wallMs),
    seedsPerSecond: Math.round((rest.runs / Math.max(wallMs, 1)) * 1e5) / 100,
    verdict: word,
    exitCode,
    replay,
  };
}
