import { availableParallelism } from 'node:os';
import { paintVerdict } from '../report/paint.js';
import { sweepJson } from '../report/sweep-json.js';
import {
  failureLines,
  faultLines,
  sometimesLines,
  type SweepFacts,
  sweptFigureLines,
  sweptInvariantLines,
} from '../report/sweep-tables.js';
import { count } from '../report/timeline.js';
import { EXIT, type ExitCode } from '../report/verdict.js';
import type { RunOutcome } from '../search/run-outcome.js';
import { LaneRunner, type ScenarioRunner } from '../search/scenario-runner.js';
import { SearchPool } from '../search/search-pool.js';
import { sweep, type Sweep } from '../search/sweep.js';
import { type SweepSummary, sweepSummaryOf } from '../search/sweep-summary.js';
import type { RunFlags, SearchFlags } from './arguments.js';
import { replayCommand, searchCommand } from './replay.js';
import type { Screen } from './screen.js';
import { shrunkEpilogue } from './shrinking.js';
import { lanesOf, scenarioOf } from './sim-run.js';
import type { Epilogue } from './single-run.js';

export interface SearchRunOptions {
  readonly flags: RunFlags & { readonly search: SearchFlags };
  readonly firstSeed: number;
  readonly isSeedDrawn: boolean;
  readonly command: string;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** Many runs, told together when they are over. */
export async function searchRun(options: SearchRunOptions): Promise<ExitCode> {
  const startedMs = performance.now();
  const runner = await runnerFor(options.flags);
  const close = (): void => void runner.close();
  options.signal.addEventListener('abort', close);
  let swept: Sweep;
  try {
    if (isTalkative(options)) options.screen.print(...titleLines(options, runner), '');
    swept = await sweepWith(runner, options, startedMs);
  } finally {
    options.signal.removeEventListener('abort', close);
    await runner.close();
    options.screen.clearProgress();
  }
  const wallMs = performance.now() - startedMs;
  return conclude(options, swept, runner.jobs, wallMs);
}

function runnerFor({ lane, checkDeterminism, plant, search }: SearchRunOptions['flags']) {
  const lanes = lanesOf(lane, checkDeterminism);
  const isPlain = lanes.length === 1 && lanes[0] === 'inproc';
  if (!isPlain) return new LaneRunner(lanes, plant);
  const { jobs = availableParallelism(), runs = Infinity } = search;
  return SearchPool.open({ jobs: Math.min(jobs, runs), plant });
}

function sweepWith(
  runner: ScenarioRunner,
  { flags, firstSeed, screen, signal }: SearchRunOptions,
  startedMs: number,
): Promise<Sweep> {
  const { runs, budgetMs, untilFailure } = flags.search;
  let [done, failed] = [0, 0];
  return sweep(runner, {
    firstSeed,
    runs,
    budgetMs,
    untilFailure,
    signal,
    draw: (seed) => scenarioOf(flags, seed),
    nowMs: () => performance.now(),
    ended: ({ verdict }) => {
      done += 1;
      if (verdict.exitCode !== EXIT.pass) failed += 1;
      const perSecond = (done / (performance.now() - startedMs)) * 1000;
      const of = runs === undefined ? '' : ` of ${runs}`;
      screen.progress(`${done}${of} seeds, ${failed} failed, ${perSecond.toFixed(1)} a second`);
    },
  });
}

async function conclude(
  options: SearchRunOptions,
  swept: Sweep,
  jobs: number,
  wallMs: number,
): Promise<ExitCode> {
  const { flags, firstSeed, command, screen } = options;
  const summary = sweepSummaryOf(swept);
  const replayOf = (seed: number): string => replayCommand(command, flags, seed);
  const facts: SweepFacts = { wallMs, replayOf };
  if (isTalkative(options)) screen.print(...reportLines(summary, facts, screen.paint));
  const { failed } = summary;
  // Where there is a choice, a broken promise and not a broken simulator.
  const first = failed.find(({ verdict }) => verdict.exitCode === EXIT.broken) ?? failed[0];
  const epilogue = first === undefined ? {} : await epilogueFor(options, first, replayOf);
  const whole = searchCommand(command, flags, firstSeed);
  const failing = first === undefined ? whole : replayOf(first.seed);
  const replay = epilogue.replay ?? (summary.word === 'ABORTED' ? whole : failing);
  if (flags.json) {
    const { outcomes } = swept;
    const json = sweepJson(summary, {
      ...{ wallMs, replayOf, firstSeed, jobs, outcomes, replay },
      lane: flags.lane,
    });
    screen.print(JSON.stringify({ ...json, ...epilogue.json }));
    return summary.exitCode;
  }
  const { lines = [] } = epilogue;
  if (isTalkative(options) && lines.length > 0) screen.print(...lines, '');
  screen.print(verdictLine(summary, firstSeed, screen), replay);
  return summary.exitCode;
}

async function epilogueFor(
  { flags, command, screen, signal }: SearchRunOptions,
  first: RunOutcome,
  replayOf: (seed: number) => string,
): Promise<Epilogue> {
  if (signal.aborted || first.verdict.exitCode === EXIT.harness) return {};
  if (!flags.shrink) {
    return { lines: ['--shrink looks for the smallest plan that still fails'] };
  }
  const subject = { scenario: scenarioOf(flags, first.seed), plant: flags.plant };
  const found = replayOf(first.seed);
  return shrunkEpilogue({ subject, outcome: first, found, command, screen, signal });
}

function reportLines(summary: SweepSummary, facts: SweepFacts, paint: Screen['paint']): string[] {
  const parts = [
    failureLines(summary, facts, paint),
    sweptInvariantLines(summary, paint),
    sometimesLines(summary, paint),
    faultLines(summary, paint),
    sweptFigureLines(summary, facts, paint),
  ];
  return parts.filter((lines) => lines.length > 0).flatMap((lines) => [...lines, '']);
}

function titleLines(
  { flags, firstSeed, isSeedDrawn, screen }: SearchRunOptions,
  runner: ScenarioRunner,
): string[] {
  const { runs, budgetMs } = flags.search;
  const lanes = lanesOf(flags.lane, flags.checkDeterminism).join(', then ');
  const drawn = isSeedDrawn ? ' (drawn)' : '';
  const many = runs === undefined ? 'seeds' : count(runs, 'seed');
  const until = budgetMs === undefined ? '' : `, for ${budgetMs / 1000} s at most`;
  const what = `${many} from ${firstSeed}${drawn} on${until}`;
  return [
    `${screen.paint.bold('faultline sim')}  ${what}  ${lanes} lane, ${runner.jobs} at a time`,
  ];
}

function verdictLine(
  { word, runs, passed, failed, end, sweepHash, exitCode }: SweepSummary,
  firstSeed: number,
  { paint }: Screen,
): string {
  const seeds = `${count(runs, 'seed')} from ${firstSeed} on`;
  const ended = ENDS[end];
  const what =
    failed.length > 0
      ? `${failed.length} failed, exit code ${exitCode}`
      : `${passed === runs ? 'all' : passed} passed`;
  return `${paintVerdict(paint, word)}  ${seeds}: ${what}${ended}, sweep ${sweepHash.slice(0, 12)}`;
}

function isTalkative({ flags }: SearchRunOptions): boolean {
  return !flags.json && !flags.quiet;
}

const ENDS: Readonly<Record<Sweep['end'], string>> = {
  runs: '',
  budget: '; the time was up',
  failure: '; ended at the first failure',
  aborted: '; interrupted',
};
