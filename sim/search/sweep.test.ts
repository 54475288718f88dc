import { describe, expect, it } from 'vitest';
import { EXIT } from '../report/verdict.js';
import { killScenario } from '../scenarios/kill.js';
import { harnessFailure, type RunOutcome } from './run-outcome.js';
import type { ScenarioRunner } from './scenario-runner.js';
import { sweep, type SweepOptions } from './sweep.js';
import { sweepSummaryOf } from './sweep-summary.js';

const scenarioOf = (seed: number) =>
  killScenario({ nodes: 2, kill: 0, strategy: 'one_for_one', selector: 'random' }, seed);

function outcome(seed: number, isBroken: boolean): RunOutcome {
  return {
    ...harnessFailure(seed, ''),
    verdict: isBroken
      ? { word: 'FAIL', exitCode: EXIT.broken, reason: 'no', broken: 'S3' }
      : { word: 'PASS', exitCode: EXIT.pass },
    traceHash: `hash ${seed}`,
    events: 10,
    invariants: [
      { id: 'S3', title: 'one', checked: seed, failed: isBroken ? 1 : 0, excused: false },
    ],
    sometimes: [{ id: 'both', title: 'both at once', seen: seed % 2 }],
    faults: [{ kind: 'crash', planned: 2, struck: 1, verdicts: 0 }],
    recoveriesMs: [seed],
  };
}

// Later seeds end sooner, as far as the jobs allow it.
function runner(jobs: number, broken: readonly number[] = []): ScenarioRunner {
  let running: (() => void)[] = [];
  const release = (): void => {
    const waiting = running;
    running = [];
    for (const end of waiting.reverse()) end();
  };
  return {
    jobs,
    run: async ({ seed }) => {
      await new Promise<void>((resolve) => {
        running.push(resolve);
        setImmediate(release);
      });
      return outcome(seed, broken.includes(seed));
    },
    close: () => Promise.resolve(),
  };
}

const options: SweepOptions = {
  firstSeed: 5,
  runs: 7,
  untilFailure: false,
  signal: new AbortController().signal,
  draw: scenarioOf,
  nowMs: () => 0,
};

describe('a sweep', () => {
  it('gives the same, in the order of the seeds, with any number of jobs', async () => {
    const swept = await sweep(runner(1, [6, 9]), options);
    expect(swept.outcomes.map(({ seed }) => seed)).toEqual([5, 6, 7, 8, 9, 10, 11]);
    expect(await sweep(runner(3, [6, 9]), options)).toEqual(swept);
    const summary = sweepSummaryOf(swept);
    expect(summary).toMatchObject({ word: 'FAIL', exitCode: EXIT.broken, runs: 7, passed: 5 });
    expect(summary.failed.map(({ seed }) => seed)).toEqual([6, 9]);
  });

  it('goes on after a run that breaks the simulator, or cannot be drawn', async () => {
    const draw = (seed: number) => {
      if (seed === 6) throw new RangeError('no such seed');
      return scenarioOf(seed);
    };
    const { failed, exitCode, runs } = sweepSummaryOf(await sweep(runner(2), { ...options, draw }));
    expect([runs, exitCode, failed.map(({ seed }) => seed)]).toEqual([7, EXIT.harness, [6]]);
    expect(failed[0]?.verdict.reason).toBe('RangeError: no such seed');
  });

  it('ends at the first seed that fails when it is told to, whichever failed first', async () => {
    const untilFailure = { ...options, untilFailure: true };
    const swept = await sweep(runner(3, [6, 7]), untilFailure);
    expect(swept).toMatchObject({ end: 'failure' });
    expect(swept.outcomes.map(({ seed }) => seed)).toEqual([5, 6]);
  });

  it('begins no further run when its time is up, and one at least', async () => {
    let nowMs = 0;
    const timed = { ...options, runs: undefined, budgetMs: 1000, nowMs: () => (nowMs += 300) };
    const swept = await sweep(runner(1), timed);
    expect(swept.end).toBe('budget');
    expect(swept.outcomes.map(({ seed }) => seed)).toEqual([5, 6, 7, 8]);
    const late = await sweep(runner(1), { ...timed, budgetMs: 1 });
    expect(late.outcomes).toHaveLength(1);
  });

  it('keeps what it has when it is interrupted', async () => {
    const interruption = new AbortController();
    let ended = 0;
    const swept = await sweep(runner(1), {
      ...options,
      signal: interruption.signal,
      ended: () => {
        ended += 1;
        if (ended === 2) interruption.abort();
      },
    });
    const { word, exitCode, runs } = sweepSummaryOf(swept);
    expect([word, exitCode, runs]).toEqual(['ABORTED', EXIT.aborted, 2]);
  });

  it('adds up what the runs have seen', async () => {
    const summary = sweepSummaryOf(await sweep(runner(2), { ...options, firstSeed: 1, runs: 4 }));
    expect(summary).toMatchObject({
      word: 'PASS',
      exitCode: EXIT.pass,
      invariants: [{ id: 'S3', checked: 10, testedRuns: 4, failedRuns: 0 }],
      sometimes: [{ id: 'both', seen: 2, seenRuns: 2 }],
      faults: [{ kind: 'crash', planned: 8, struck: 4, verdicts: 0 }],
      recovery: { children: 4, p50Ms: 2, maxMs: 4 },
    });
  });

  it('has another hash when one run of it differs', async () => {
    const swept = await sweep(runner(1), options);
    const other = { ...swept, outcomes: swept.outcomes.map((one) => ({ ...one })) };
    expect(sweepSummaryOf(other).sweepHash).toBe(sweepSummaryOf(swept).sweepHash);
    Object.assign(other.outcomes[3] as object, { traceHash: 'another' });
    expect(sweepSummaryOf(other).sweepHash).not.toBe(sweepSummaryOf(swept).sweepHash);
  });
});
