import { randomInt } from 'node:crypto';
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
import { EXIT, type Verdict } from '../report/verdict.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { SimReport } from '../simulate.js';
import { parseArguments, type RunFlags } from './arguments.js';
import { helpText } from './help.js';
import { replayCommand } from './replay.js';
import { Screen, type ScreenOptions } from './screen.js';
import {
  compared,
  type Comparison,
  entriesAround,
  lanesOf,
  plantNames,
  runScenario,
  scenarioOf,
  type SimRunOptions,
} from './sim-run.js';
import { oneLine, UsageError } from './usage-error.js';

export interface SimCommandOptions extends ScreenOptions {
  /** How the user calls it: the replay line begins with it. */
  readonly command: string;
  readonly version: string;
  /** Ends the run early; what happened until then is reported. */
  readonly signal: AbortSignal;
}

/** The whole command: reads flags, runs, prints, and gives the exit code. Never rejects. */
export async function simCommand(
  args: readonly string[],
  options: SimCommandOptions,
): Promise<number> {
  const screen = new Screen(options);
  try {
    const asked = parseArguments(args);
    if (asked.kind === 'help') {
      options.stdout.write(helpText(options.command));
      return EXIT.pass;
    }
    if (asked.kind === 'version') {
      screen.print(options.version);
      return EXIT.pass;
    }
    return await new SimCommand(asked.flags, screen, options).run();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    screen.complain(`faultline sim: ${error.message}`);
    return EXIT.usage;
  }
}

class SimCommand {
  readonly #flags: RunFlags;
  readonly #screen: Screen;
  readonly #scenario: Scenario;
  readonly #replay: string;
  readonly #timeline: Timeline;
  readonly #run: SimRunOptions;

  constructor(flags: RunFlags, screen: Screen, { command, signal }: SimCommandOptions) {
    const { plant } = flags;
    if (plant !== undefined && !plantNames().includes(plant)) {
      const names = plantNames().join(', ');
      throw new UsageError(`--plant expects one of ${names}; got ${oneLine(plant)}`);
    }
    const seed = flags.seed ?? randomInt(1, DRAWN_SEED_MAX);
    this.#flags = flags;
    this.#screen = screen;
    this.#scenario = scenarioOf(flags, seed, plant);
    this.#replay = replayCommand(command, flags, seed);
    this.#timeline = new Timeline(this.#scenario.settings.nodeIds);
    const follower = {
      kinds: TIMELINE_KINDS,
      observed: (fact: Parameters<Timeline['observe']>[0]) => {
        this.#tell(this.#timeline.observe(fact));
      },
      reached: (nowUs: number) => this.#reached(nowUs),
    };
    const isCompared = flags.checkDeterminism || flags.lane === 'both';
    this.#run = { scenario: this.#scenario, plant, signal, follower, isCompared };
  }

  async run(): Promise<number> {
    const [lane, ...others] = lanesOf(this.#flags.lane, this.#flags.checkDeterminism);
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
      this.#screen.print(this.#replay);
      return EXIT.harness;
    } finally {
      this.#screen.clearProgress();
    }
  }

  get #isTalkative(): boolean {
    return !this.#flags.json && !this.#flags.quiet;
  }

  #header(): void {
    const { lane, seed, plant } = this.#flags;
    const laneName = lanesOf(lane, false).join(', then ');
    const facts = { lane: laneName, isSeedDrawn: seed === undefined, plant };
    const { paint } = this.#screen;
    this.#screen.print(...headerLines(this.#scenario, facts, paint), '', paint.bold('timeline'));
  }

  #tell(lines: readonly TimelineLine[]): void {
    if (!this.#isTalkative) return;
    this.#screen.print(...lines.map((line) => timelineText(line, this.#screen.paint)));
  }

  #reached(nowUs: number): void {
    this.#tell(this.#timeline.reached(nowUs));
    const endUs = this.#scenario.times.durationMs * 1000;
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

  async #conclude(report: SimReport, comparisons: readonly Comparison[]): Promise<number> {
    const summary = this.#judged(summaryOf(report, this.#scenario), comparisons);
    const { verdict } = summary;
    if (this.#flags.json) {
      const { lane } = this.#flags;
      const facts = { lane, replay: this.#replay, comparisons };
      this.#screen.print(JSON.stringify(runJson(summary, this.#scenario, facts)));
      return verdict.exitCode;
    }
    if (this.#flags.quiet) {
      this.#screen.print(this.#verdictLine(summary, comparisons), this.#replay);
      return verdict.exitCode;
    }
    await this.#report(report, summary, comparisons);
    return verdict.exitCode;
  }

  #judged(summary: RunSummary, comparisons: readonly Comparison[]): RunSummary {
    if (summary.verdict.exitCode === EXIT.aborted) return summary;
    const different = comparisons.find(({ isSame }) => !isSame);
    let verdict: Verdict | undefined;
    if (this.#run.signal.aborted) {
      verdict = { word: 'ABORTED', exitCode: EXIT.aborted };
    } else if (different !== undefined) {
      const { nodeIds } = this.#scenario.settings;
      const reason = divergenceText(different, nodeIds);
      verdict = { word: 'FAIL', exitCode: EXIT.notDeterministic, reason };
    }
    return verdict === undefined ? summary : { ...summary, verdict };
  }

  async #report(
    report: SimReport,
    summary: RunSummary,
    comparisons: readonly Comparison[],
  ): Promise<void> {
    const { paint } = this.#screen;
    const { nodeIds } = this.#scenario.settings;
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
    }
    this.#screen.print('', this.#verdictLine(summary, comparisons), this.#replay);
  }

  #verdictLine(summary: RunSummary, comparisons: readonly Comparison[]): string {
    const { verdict, invariants, virtualMs, traceHash } = summary;
    const word = paintVerdict(this.#screen.paint, verdict.word);
    const seed = `seed ${this.#scenario.seed}`;
    if (verdict.word === 'ABORTED') {
      return `${word}  ${seed}, interrupted at ${secondsText(virtualMs * 1000)} of virtual time`;
    }
    if (verdict.word === 'FAIL') {
      const { violation } = summary;
      const isSaidAbove = this.#isTalkative && violation !== undefined;
      const what = isSaidAbove ? `${violation.checker} is broken` : (verdict.reason ?? '');
      return `${word}  ${seed}, exit code ${verdict.exitCode}: ${what}`;
    }
    const held = invariants.filter(({ checked }) => checked > 0).length;
    const same =
      comparisons.length === 0 ? '' : `, the same trace in ${comparisons.length + 1} runs`;
    return `${word}  ${seed}, ${held} invariants hold${same}, trace ${traceHash.slice(0, 12)}`;
  }
}

function divergenceText({ lane, divergence }: Comparison, nodeIds: readonly string[]): string {
  const where = `the run differs when it is made again in the ${lane} lane`;
  if (divergence === undefined) return where;
  const { event, left, right } = divergence;
  const [was, became] = [entryText(left, nodeIds), entryText(right, nodeIds)];
  return `${where}, from event ${event} on: first ${was}; then ${became}`;
}

const DRAWN_SEED_MAX = 1_000_000_000;
