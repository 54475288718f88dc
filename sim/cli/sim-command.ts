import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { columns } from '../report/columns.js';
import type { RunSummary } from '../report/summary.js';
import { EXIT, type ExitCode } from '../report/verdict.js';
import { scenarioList } from '../scenarios/draw.js';
import { outcomeOf } from '../search/run-outcome.js';
import { plantNames, type Subject } from '../search/subject.js';
import type { SimReport } from '../simulate.js';
import { parseArguments, type RunFlags } from './arguments.js';
import { listed } from './flag-values.js';
import { helpText } from './help.js';
import { moduleCommand } from './module-command.js';
import { replayCommand } from './replay.js';
import { replayRun } from './replay-run.js';
import { Screen, type ScreenOptions } from './screen.js';
import { searchRun } from './search-run.js';
import { shrunkEpilogue } from './shrinking.js';
import { scenarioOf } from './sim-run.js';
import { type Epilogue, SingleRun } from './single-run.js';
import { suggestion } from './suggestion.js';
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
    return await obey(args, screen, options);
  } catch (error) {
    if (error instanceof UsageError) {
      screen.complain(`faultline sim: ${error.message}`);
      return EXIT.usage;
    }
    screen.complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return EXIT.harness;
  }
}

async function obey(
  args: readonly string[],
  screen: Screen,
  options: SimCommandOptions,
): Promise<ExitCode> {
  const asked = parseArguments(args);
  switch (asked.kind) {
    case 'help':
      options.stdout.write(helpText(options.command));
      return EXIT.pass;
    case 'version':
      screen.print(options.version);
      return EXIT.pass;
    case 'scenarios':
      screen.print(...columns(scenarioList().map(({ name, line }) => [name, line])));
      return EXIT.pass;
    case 'replay':
      return replayRun({ ...options, path: asked.path, flags: asked.flags, screen });
    case 'run':
    case 'search':
      return runOrSearch(asked.flags, screen, options);
  }
}

function runOrSearch(
  flags: RunFlags,
  screen: Screen,
  { command, signal }: SimCommandOptions,
): Promise<ExitCode> {
  checkNames(flags);
  const isSeedDrawn = flags.seed === undefined;
  const seed = flags.seed ?? randomInt(1, DRAWN_SEED_MAX);
  const { search, module } = flags;
  if (module !== undefined) {
    return moduleCommand({ flags: { ...flags, module }, seed, command, screen, signal });
  }
  if (search !== undefined) {
    const all = { ...flags, search };
    return searchRun({ flags: all, firstSeed: seed, isSeedDrawn, command, screen, signal });
  }
  const subject: Subject = { scenario: scenarioOf(flags, seed), plant: flags.plant };
  const replay = replayCommand(command, flags, seed);
  const concluded = (report: SimReport, summary: RunSummary): Promise<Epilogue> | Epilogue => {
    const { exitCode } = summary.verdict;
    if (exitCode !== EXIT.broken && exitCode !== EXIT.notConverged) return {};
    if (!flags.shrink) return { lines: ['--shrink looks for the smallest plan that still fails'] };
    const outcome = outcomeOf(report, subject.scenario);
    return shrunkEpilogue({ subject, outcome, found: replay, command, screen, signal });
  };
  return new SingleRun({ subject, flags, screen, signal, replay, isSeedDrawn, concluded }).run();
}

function checkNames({ plant, scenario, trace }: RunFlags): void {
  const plants = plantNames();
  if (plant !== undefined && !plants.includes(plant)) {
    throw new UsageError(`--plant expects one of ${plants.join(', ')}; got ${oneLine(plant)}`);
  }
  const names = scenarioList().map(({ name }) => name);
  if (scenario !== undefined && !names.includes(scenario)) {
    const meant = suggestion(scenario, names);
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    throw UsageError.of('scenario', listed([...names, 'list']), `${oneLine(scenario)}${hint}`);
  }
  if (trace !== undefined && !existsSync(dirname(trace.path))) {
    throw UsageError.of('trace', 'a file in a folder that exists', trace.path);
  }
}

const DRAWN_SEED_MAX = 1_000_000_000;
