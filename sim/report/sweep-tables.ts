import type { RunOutcome } from '../search/run-outcome.js';
import type { SweepSummary } from '../search/sweep-summary.js';
import { type Cell, clipped, columns, wrapped } from './columns.js';
import { spanText, wholeText } from './number-text.js';
import type { Paint } from './paint.js';

/** What of a search belongs to the machine, or to the way it was called. */
export interface SweepFacts {
  readonly wallMs: number;
  readonly replayOf: (seed: number) => string;
}

/** The failing seeds, each with what is broken and the command that shows it. */
export function failureLines(
  { failed }: SweepSummary,
  { replayOf }: SweepFacts,
  paint: Paint,
): string[] {
  if (failed.length === 0) return [];
  const lines = failed.slice(0, FAILURES_MAX).flatMap((outcome) => {
    const [first = '', ...more] = wrapped(whatOf(outcome), LINE - 4);
    const clip = more.length > REASON_LINES ? ['...'] : [];
    return [
      `  ${paint.red(`seed ${outcome.seed}`)}  ${outcome.verdict.broken ?? 'the simulator failed'}`,
      ...[first, ...more.slice(0, REASON_LINES), ...clip].map((line) => `    ${line}`),
      `    ${replayOf(outcome.seed)}`,
    ];
  });
  const untold = failed.length - FAILURES_MAX;
  const rest = failed.slice(FAILURES_MAX).map(({ seed }) => `${seed}`);
  const others = untold > 0 ? wrapped(`and the seeds ${rest.join(' ')}`, LINE - 2) : [];
  return [paint.red('failed'), ...lines, ...others.slice(0, REST_LINES).map((line) => `  ${line}`)];
}

/** What was put to the test, how often, and in how many runs it failed. */
export function sweptInvariantLines({ invariants, runs }: SweepSummary, paint: Paint): string[] {
  if (invariants.length === 0) return [];
  const rows = invariants.map(({ id, title, checked, testedRuns, failedRuns }): Cell[] => {
    const mark =
      failedRuns > 0 ? paint.red('broken') : checked > 0 ? 'holds' : paint.yellow('not tested');
    return [
      id,
      clipped(title, TITLE),
      { right: wholeText(checked) },
      { right: `${testedRuns} of ${runs}` },
      { right: `${failedRuns}` },
      mark,
    ];
  });
  const titles = ['', 'promise', { right: 'checked' }, { right: 'in runs' }, { right: 'failed' }];
  return table([...titles, ''], rows, paint);
}

/** What a good search sees now and then. */
export function sometimesLines({ sometimes, runs }: SweepSummary, paint: Paint): string[] {
  if (sometimes.length === 0) return [];
  const rows = sometimes.map(({ id, title, seen, seenRuns }): Cell[] => {
    const never = seen === 0 ? paint.yellow('never seen') : '';
    return [id, title, { right: wholeText(seen) }, { right: `${seenRuns} of ${runs}` }, never];
  });
  return table(['', 'sometimes', { right: 'seen' }, { right: 'in runs' }, ''], rows, paint);
}

export function faultLines({ faults }: SweepSummary, paint: Paint): string[] {
  if (faults.length === 0) return [];
  const rows = faults.map(({ kind, planned, struck, verdicts }): Cell[] => {
    const crossed = verdicts === 0 ? '' : wholeText(verdicts);
    return [kind, { right: wholeText(planned) }, { right: wholeText(struck) }, { right: crossed }];
  });
  const titles = [{ right: 'planned' }, { right: 'struck' }, { right: 'decided over frames' }];
  return table(['fault', ...titles], rows, paint);
}

export function sweptFigureLines(
  summary: SweepSummary,
  { wallMs }: SweepFacts,
  paint: Paint,
): string[] {
  const { recovery, runs, events, virtualMs, sweepHash } = summary;
  const seconds = Math.max(wallMs, 1) / 1000;
  const { p50Ms, p90Ms, p99Ms, maxMs, children } = recovery;
  const ms = (value: number | null): string => `${value?.toFixed(1)} ms`;
  const recovered =
    p50Ms === null
      ? 'no child was lost'
      : `p50 ${ms(p50Ms)}, p90 ${ms(p90Ms)}, p99 ${ms(p99Ms)}, at most ${ms(maxMs)} virtual, of ` +
        `${wholeText(children)} lost children`;
  const speed =
    `${(runs / seconds).toFixed(1)} seeds a second, ${wholeText(events / seconds)} events and ` +
    `${wholeText(virtualMs / 1000 / seconds)} virtual seconds a second`;
  const rows: [string, string][] = [
    ['recovery', recovered],
    ['speed', speed],
    ['time', `${spanText(virtualMs)} virtual in ${spanText(Math.round(wallMs))}`],
    ['sweep', sweepHash],
  ];
  return columns(rows.map(([name, text]) => [paint.dim(name), text]));
}

function whatOf({ verdict }: RunOutcome): string {
  return `exit code ${verdict.exitCode}: ${verdict.reason ?? 'it failed'}`;
}

function table(titles: readonly Cell[], rows: readonly Cell[][], paint: Paint): string[] {
  const dimmed = titles.map((cell): Cell => {
    return typeof cell === 'string' ? paint.dim(cell) : { right: paint.dim(cell.right) };
  });
  return columns([dimmed, ...rows]);
}

const LINE = 100;
const TITLE = 50;
const FAILURES_MAX = 20;
const REASON_LINES = 3;
const REST_LINES = 10;
