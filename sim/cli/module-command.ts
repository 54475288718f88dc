import { toError } from '../../src/base/errors.js';
import { BundleError } from '../bundle.js';
import type { LaneName } from '../lanes/lane.js';
import { type Failure, shrunkFailure } from '../library/failure.js';
import { moduleOptions } from '../library/module-run.js';
import { planLines } from '../library/plan-text.js';
import { Simulation } from '../library/simulation.js';
import { SimulationOptionError } from '../library/simulation-options.js';
import type { SimulationReport } from '../library/simulation-report.js';
import { SimulatedModuleError } from '../library/user-module.js';
import { paintVerdict } from '../report/paint.js';
import { EXIT, type ExitCode } from '../report/verdict.js';
import type { RunFlags } from './arguments.js';
import { replayCommand } from './replay.js';
import type { Screen } from './screen.js';
import { lanesOf } from './sim-run.js';
import { UsageError } from './usage-error.js';

export interface ModuleCommand {
  readonly flags: RunFlags & { readonly module: string };
  readonly seed: number;
  readonly command: string;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** Simulates a user's module: `--module FILE`, once or for many seeds. Throws UsageError. */
export async function moduleCommand(asked: ModuleCommand): Promise<ExitCode> {
  const { flags, seed, screen, signal } = asked;
  const [first, ...others] = lanesOf(flags.lane, flags.checkDeterminism) as [LaneName];
  const simulation = await loaded(asked, first);
  const { runs = flags.search === undefined ? 1 : Infinity, budgetMs = Infinity } =
    flags.search ?? {};
  const startedMs = performance.now();
  let last: Ran | undefined;
  let passed = 0;
  for (let n = 0; n < runs && performance.now() - startedMs < budgetMs; n++) {
    const report = await simulation.run(seed + n);
    last = { report, different: await differing(report, others, asked) };
    if (signal.aborted || !report.passed || last.different !== undefined) break;
    passed += 1;
    screen.progress(`${passed} seeds passed`);
  }
  if (last === undefined) throw new UsageError('--budget was over before the first run');
  return conclude(asked, { ...last, simulation, passed });
}

interface Ran {
  readonly report: SimulationReport;
  /** The lane in which the run has another trace. */
  readonly different: LaneName | undefined;
}

async function loaded(asked: ModuleCommand, lane: LaneName): Promise<Simulation> {
  const { flags, seed, signal } = asked;
  const { nodes, kill, restart, cutOff, heartbeatLoss, faults, durationMs, latencyMs } = flags;
  const given = { nodes, kill, restart, cutOff, heartbeatLoss, faults, durationMs, latencyMs };
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  try {
    return await Simulation.load(
      await moduleOptions(flags.module, { ...Object.fromEntries(present), seed, lane, signal }),
    );
  } catch (error) {
    const isAboutTheModule =
      error instanceof SimulatedModuleError ||
      error instanceof SimulationOptionError ||
      error instanceof BundleError;
    throw isAboutTheModule ? new UsageError(`--module: ${toError(error).message}`) : error;
  }
}

async function differing(
  report: SimulationReport,
  lanes: readonly LaneName[],
  asked: ModuleCommand,
): Promise<LaneName | undefined> {
  for (const lane of lanes) {
    if (asked.signal.aborted) break;
    const again = await (await loaded(asked, lane)).run(report.seed, report.plan);
    if (!asked.signal.aborted && again.traceHash !== report.traceHash) return lane;
  }
  return undefined;
}

async function conclude(
  asked: ModuleCommand,
  ran: Ran & { readonly simulation: Simulation; readonly passed: number },
): Promise<ExitCode> {
  const { flags, screen, signal } = asked;
  const { report, simulation } = ran;
  const exitCode = exitCodeOf(ran, signal);
  const isShrunk = exitCode === EXIT.broken && flags.shrink;
  const failure = isShrunk ? await shrunkFailure(simulation, report, { signal }) : undefined;
  // What is drawn for one seed of a search is drawn for it alone as well.
  const { search: _, ...once } = flags;
  const replay = replayCommand(asked.command, once, report.seed);
  if (flags.json) screen.print(JSON.stringify(json(ran, failure, { exitCode, replay })));
  else screen.print(...lines(asked, { ...ran, failure, exitCode }), replay);
  return exitCode;
}

function exitCodeOf({ report, different }: Ran, signal: AbortSignal): ExitCode {
  if (signal.aborted) return EXIT.aborted;
  if (!report.passed) return EXIT.broken;
  return different === undefined ? EXIT.pass : EXIT.notDeterministic;
}

interface Conclusion extends Ran {
  readonly passed: number;
  readonly failure: Failure | undefined;
  readonly exitCode: ExitCode;
}

function lines({ flags, screen }: ModuleCommand, concluded: Conclusion): string[] {
  const { report, different, passed, failure, exitCode } = concluded;
  const { paint } = screen;
  if (exitCode === EXIT.aborted) {
    return [`${paintVerdict(paint, 'ABORTED')}  interrupted; ${passed} seeds passed`];
  }
  const word = paintVerdict(paint, exitCode === EXIT.pass ? 'PASS' : 'FAIL');
  const hint = exitCode === EXIT.broken && !flags.shrink ? [SHRINK_HINT] : [];
  const promise = report.violation?.checker ?? 'the same trace';
  if (flags.quiet) return [`${word}  seed ${report.seed}, exit code ${exitCode}: ${promise}`];
  if (different !== undefined && report.passed) {
    return [`${word}  seed ${report.seed} has another trace in the ${different} lane`];
  }
  if (failure !== undefined) return [...failure.toString().split('\n'), '', word];
  const befell = report.passed ? planLines(report.plan, report.nodes) : [];
  const seeds = passed > 1 ? `${passed} seeds passed, the last one: ` : '';
  return [...befell, `${word}  ${seeds}${report.toString()}`, ...hint];
}

function json(
  { report, different, passed }: Ran & { readonly passed: number },
  failure: Failure | undefined,
  { exitCode, replay }: { readonly exitCode: ExitCode; readonly replay: string },
): object {
  const { seed, nodes, plan, violations, operations, checked, traceHash, endedMs, sim } = report;
  return {
    seed,
    nodes: nodes.length,
    nodeIds: nodes,
    seedsPassed: passed,
    plan,
    operations,
    told: report.told().length,
    violations,
    invariants: checked.map(({ id, title, checks }) => ({ id, title, checked: checks })),
    events: sim.events,
    virtualMs: endedMs,
    lane: sim.lane,
    traceHash,
    ...(different === undefined ? {} : { differsInLane: different }),
    ...(failure === undefined
      ? {}
      : { smallest: { plan: failure.plan, tries: failure.tries, end: failure.end } }),
    verdict: exitCode === EXIT.pass ? 'PASS' : exitCode === EXIT.aborted ? 'ABORTED' : 'FAIL',
    exitCode,
    replay,
  };
}

const SHRINK_HINT = '--shrink looks for the smallest plan that still fails';
