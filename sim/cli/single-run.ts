import { writeFileSync } from 'node:fs';
import type { LaneName } from '../lanes/lane.js';
import { entryLines, entryText } from '../report/entry-lines.js';
import { headerLines } from '../report/header.js';
import { secondsText } from '../report/number-text.js';
import { paintVerdict } from '../report/paint.js';
import { runJson } from '../report/run-json.js';
import { type RunSummary, summaryOf } from '../report/summary.js';
import {
  figureLines,
  invariantLines,
  placementLines,
  reasonLines,
  timelineText,
} from '../report/tables.js';
import { Timeline, TIMELINE_KINDS, type TimelineLine } from '../report/timeline.js';

import { traceFileOf } from '../report/trace-file.js';
import { EXIT, type ExitCode, type Verdict } from '../report/verdict.js';
import type { Subject } from '../search/subject.js';
import type { SimReport } from '../simulate.js';
import type { OutputFlags } from './arguments.js';
import type { Screen } from './screen.js';
import {
  compared,
  type Comparison,
  entriesAround,
  lanesOf,
  runScenario,
  type SimRunOptions,
} from './sim-run.js';

export interface SingleRunOptions {
  readonly subject: Subject;
  readonly flags: OutputFlags;
  readonly screen: Screen;
  readonly signal: AbortSignal;
  /** The command that makes the run again. */
  readonly replay: string;
  readonly isSeedDrawn: boolean;
  /** Sees the run before its verdict is printed, and may have more to say about it. */
  concluded?(report: SimReport, summary: RunSummary): Promise<Epilogue> | Epilogue;
}

/** What is said besides a run's own report. */
export interface Epilogue {
  /** Printed between the report and the verdict. */
  readonly lines?: readonly string[];
  /** In place of the verdict's own sentence. */
  readonly sentence?: string;
  /** Added to the JSON. */
  readonly json?: object;
  /** In place of the run's own. */
  readonly exitCode?: ExitCode;
  readonly replay?: string;
}

/** One run, told while it goes, and reported when it is over. */
export class SingleRun {
  readonly #options: SingleRunOptions;
  readonly #screen: Screen;
  readonly #timeline: Timeline;
  readonly #run: SimRunOptions;

  constructor(options: SingleRunOptions) {
    const { flags, signal, subject } = options;
    this.#options = options;
    this.#screen = options.screen;
    this.#timeline = new Timeline(subject.scenario.settings.nodeIds);
    const follower = {
      kinds: TIMELINE_KINDS,
      observed: (fact: Parameters<Timeline['observe']>[0]) => {
        this.#tell(this.#timeline.observe(fact));
      },
      reached: (nowUs: number) => this.#reached(nowUs),
    };
    const isKept = flags.checkDeterminism || flags.lane === 'both' || flags.trace !== undefined;
    const { untilEvent } = flags;
    this.#run = { ...subject, signal, follower, isKept, untilEvent };
  }

  /** Prints all there is and gives the exit code. Never rejects. */
  async run(): Promise<ExitCode> {
    const { flags, replay } = this.#options;
    const [lane, ...others] = lanesOf(flags.lane, flags.checkDeterminism);
    if (this.#isTalkative) this.#header();
    try {
      const report = await runScenario(lane as LaneName, this.#run);
      this.#tell(this.#timeline.reached(report.endedUs + 1));
      const comparisons = await this.#compare(report, others);
      return await this.#conclude(report, comparisons);
    } catch (error) {
      // Nothing of the cluster's: the simulator itself failed, or a turn did not end.
      this.#screen.complain(
        error instanceof Error ? (error.stack ?? error.message) : String(error),
      );
      if (flags.json) this.#screen.print(JSON.stringify(harnessJson(error, replay)));
      else this.#screen.print(replay);
      return EXIT.harness;
    } finally {
      this.#screen.clearProgress();
    }
  }

  get #isTalkative(): boolean {
    return !this.#options.flags.json && !this.#options.flags.quiet;
  }

  #header(): void {
    const { subject, flags, isSeedDrawn } = this.#options;
    const lane = lanesOf(flags.lane, false).join(', then ');
    const { paint } = this.#screen;
    const facts = { lane, isSeedDrawn, plant: subject.plant };
    this.#screen.print(...headerLines(subject.scenario, facts, paint), '', paint.bold('timeline'));
  }

  #tell(lines: readonly TimelineLine[]): void {
    if (!this.#isTalkative) return;
    this.#screen.print(...lines.map((line) => timelineText(line, this.#screen.paint)));
  }

  #reached(nowUs: number): void {
    this.#tell(this.#timeline.reached(nowUs));
    const endUs = this.#run.scenario.times.durationMs * 1000;
    this.#screen.progress(
      `${(nowUs / 1e6).toFixed(1)} of ${(endUs / 1e6).toFixed(0)} virtual seconds`,
    );
  }

  async #compare(first: SimReport, lanes: readonly LaneName[]): Promise<readonly Comparison[]> {
    const comparisons: Comparison[] = [];
    for (const lane of lanes) {
      if (this.#run.signal.aborted || first.end === 'aborted') break;
      this.#screen.progress(`once more in the ${lane} lane`);
      const other = await runScenario(lane, { ...this.#run, follower: { kinds: [] } });
      if (other.end !== 'aborted') comparisons.push(compared(first, other));
    }
    return comparisons;
  }

  async #conclude(report: SimReport, comparisons: readonly Comparison[]): Promise<ExitCode> {
    const { scenario } = this.#run;
    const { flags, concluded } = this.#options;
    const summary = this.#judged(summaryOf(report, scenario), comparisons);
    const { verdict } = summary;
    this.#writeTrace(report, summary);
    if (this.#isTalkative) await this.#report(report, summary);
    const epilogue = (await concluded?.(report, summary)) ?? {};
    const exitCode = epilogue.exitCode ?? verdict.exitCode;
    const replay = epilogue.replay ?? this.#options.replay;
    if (flags.json) {
      const facts = { lane: flags.lane, replay, comparisons };
      const json = { ...runJson(summary, scenario, facts), exitCode, ...epilogue.json };
      this.#screen.print(JSON.stringify(json));
      return exitCode;
    }
    if (this.#isTalkative) {
      const lines = epilogue.lines ?? [];
      this.#screen.print(...(lines.length === 0 ? [''] : ['', ...lines, '']));
    }
    this.#screen.print(this.#verdictLine(summary, comparisons, epilogue), replay);
    return exitCode;
  }

  #writeTrace(report: SimReport, summary: RunSummary): void {
    const { flags, replay } = this.#options;
    const { trace } = flags;
    if (trace === undefined || report.end === 'aborted') return;
    const { scenario } = this.#run;
    const run = { report, scenario, summary, replay };
    writeFileSync(trace.path, traceFileOf(trace.format, run));
  }

  #judged(summary: RunSummary, comparisons: readonly Comparison[]): RunSummary {
    if (summary.verdict.exitCode === EXIT.aborted) return summary;
    const different = comparisons.find(({ isSame }) => !isSame);
    let verdict: Verdict | undefined;
    if (this.#run.signal.aborted) {
      verdict = { word: 'ABORTED', exitCode: EXIT.aborted };
    } else if (different !== undefined) {
      const reason = divergenceText(different, this.#run.scenario.settings.nodeIds);
      verdict = { word: 'FAIL', exitCode: EXIT.notDeterministic, reason, broken: 'determinism' };
    }
    return verdict === undefined ? summary : { ...summary, verdict };
  }

  async #report(report: SimReport, summary: RunSummary): Promise<void> {
    const { paint } = this.#screen;
    const { nodeIds } = this.#run.scenario.settings;
    this.#screen.print('', ...placementLines(summary, nodeIds, paint));
    this.#screen.print('', ...invariantLines(summary, paint));
    this.#screen.print('', ...figureLines(summary, paint));
    const { violation, verdict } = summary;
    if (verdict.reason !== undefined) {
      this.#screen.print('', paint.red('why'), ...reasonLines(verdict.reason));
    }
    if (violation !== undefined && verdict.exitCode !== EXIT.aborted) {
      const { event, atUs } = violation;
      const entries = await entriesAround(report, event, this.#run);
      const title = `first bad event: ${event} at ${secondsText(atUs)}`;
      this.#screen.print('', paint.red(title), ...entryLines(entries, nodeIds, event));
    } else if (verdict.word === 'STOPPED') {
      const entries = report.entries.slice(-ENTRIES);
      const title = `the last events before event ${this.#options.flags.untilEvent}`;
      this.#screen.print('', paint.bold(title), ...entryLines(entries, nodeIds));
    }
    const { trace } = this.#options.flags;
    if (trace !== undefined && report.end !== 'aborted') {
      this.#screen.print('', `the whole run is drawn in ${trace.path}`);
    }
  }

  #verdictLine(
    summary: RunSummary,
    comparisons: readonly Comparison[],
    { sentence }: Epilogue,
  ): string {
    const { verdict, invariants, virtualMs, traceHash } = summary;
    const word = paintVerdict(this.#screen.paint, verdict.word);
    const seed = `${word}  seed ${this.#run.scenario.seed}`;
    if (verdict.word === 'ABORTED') {
      return `${seed}, interrupted at ${secondsText(virtualMs * 1000)} of virtual time`;
    }
    if (sentence !== undefined) return `${seed}, ${sentence}`;
    if (verdict.word === 'STOPPED') {
      return `${seed}, nothing is broken before event ${this.#options.flags.untilEvent}`;
    }
    if (verdict.word === 'FAIL') {
      const { violation } = summary;
      const isSaidAbove = this.#isTalkative && violation !== undefined;
      const what = isSaidAbove ? `${violation.checker} is broken` : (verdict.reason ?? '');
      return `${seed}, exit code ${verdict.exitCode}: ${what}`;
    }
    const held = invariants.filter(({ checked }) => checked > 0).length;
    const same =
      comparisons.length === 0 ? '' : `, the same trace in ${comparisons.length + 1} runs`;
    return `${seed}, ${held} invariants hold${same}, trace ${traceHash.slice(0, 12)}`;
  }
}

function divergenceText({ lane, divergence }: Comparison, nodeIds: readonly string[]): string {
  const where = `the run differs when it is made again in the ${lane} lane`;
  if (divergence === undefined) return where;
  const { event, left, right } = divergence;
  const [was, became] = [entryText(left, nodeIds), entryText(right, nodeIds)];
  return `${where}, from event ${event} on: first ${was}; then ${became}`;
}

function harnessJson(error: unknown, replay: string): object {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { verdict: 'FAIL', reason, exitCode: EXIT.harness, replay };
}

const ENTRIES = 10;
