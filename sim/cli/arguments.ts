import type { ScenarioOptions } from '../scenarios/options.js';
import type { StrategyName } from '../scenarios/scenario.js';
import { faultKindsOf } from './fault-names.js';
import { checkCombinations } from './flag-combinations.js';
import { type Given, readTokens } from './flag-tokens.js';
import { listed, millisecondsOf, oneOf, rangeMs, share, whole } from './flag-values.js';
import { UsageError } from './usage-error.js';

export type SimCommand =
  | { readonly kind: 'help' | 'version' | 'scenarios' }
  | { readonly kind: 'run' | 'search'; readonly flags: RunFlags }
  | { readonly kind: 'replay'; readonly path: string; readonly flags: OutputFlags };

/** What a run was asked for. What is absent has no fixed default. */
export interface RunFlags extends ScenarioOptions, OutputFlags {
  readonly seed?: number;
  readonly plant?: string;
  readonly module?: string;
  readonly order?: OrderName;
  /** Many runs instead of one. */
  readonly search?: SearchFlags;
  readonly shrink: boolean;
}

/** How a run is made and shown, whatever it is. */
export interface OutputFlags {
  readonly lane: LaneFlag;
  readonly checkDeterminism: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly untilEvent?: number;
  readonly trace?: TraceFlag;
}

export interface SearchFlags {
  /** Without end when absent: the budget ends it. */
  readonly runs?: number;
  /** One for each core when absent. */
  readonly jobs?: number;
  readonly budgetMs?: number;
  readonly untilFailure: boolean;
}

export interface TraceFlag {
  readonly path: string;
  readonly format: TraceFormat;
}

export type SelectorName = (typeof SELECTORS)[number];
export type LaneFlag = (typeof LANES)[number];
export type OrderName = (typeof ORDERS)[number];
export type TraceFormat = (typeof TRACE_FORMATS)[number];

/** Reads the command line; throws {@link UsageError}. Of a flag given twice the last one counts. */
export function parseArguments(args: readonly string[]): SimCommand {
  const given = readTokens(args);
  if (given.has('help')) return { kind: 'help' };
  if (given.has('version')) return { kind: 'version' };
  if (given.get('scenario') === 'list') return { kind: 'scenarios' };
  checkCombinations(given);
  const path = given.get('replay');
  if (path !== undefined) return { kind: 'replay', path, flags: outputFlags(given) };
  const search = readSearch(given);
  const flags = present<RunFlags>({
    ...scenarioOptions(given),
    ...outputFlags(given),
    seed: whole(given, 'seed'),
    plant: given.get('plant'),
    module: given.get('module'),
    order: oneOf(given, 'order', ORDERS),
    search,
    shrink: given.has('shrink'),
  });
  return { kind: search === undefined ? 'run' : 'search', flags };
}

function scenarioOptions(given: Given): ScenarioOptions {
  const nodes = whole(given, 'nodes', { min: 1, max: NODES_MAX }) ?? 5;
  const faults = given.get('faults');
  return present<ScenarioOptions>({
    nodes,
    kill: readKill(given, nodes),
    children: whole(given, 'children', { min: 1, max: CHILDREN_MAX }),
    strategy: readStrategy(given),
    selector: oneOf(given, 'selector', SELECTORS) ?? 'round_robin',
    durationMs: readDuration(given),
    scenario: given.get('scenario'),
    faults: faults === undefined ? undefined : faultKindsOf(faults),
    cutOff: whole(given, 'partition', { min: 0, max: CUT_OFF_MAX }),
    heartbeatLoss: share(given, 'heartbeat-loss'),
    restart: given.has('restart') ? true : undefined,
    takeover: given.has('takeover') || given.has('exclusive') ? true : undefined,
    exclusive: given.has('exclusive') ? true : undefined,
    latencyMs: rangeMs(given, 'latency', LATENCY_MAX_MS),
  });
}

function outputFlags(given: Given): OutputFlags {
  const isSearch = given.has('runs') || given.has('budget');
  return present<OutputFlags>({
    lane: oneOf(given, 'lane', LANES) ?? (isSearch ? 'inproc' : 'worker'),
    checkDeterminism: given.has('check-determinism'),
    json: given.has('json'),
    quiet: given.has('quiet'),
    untilEvent: whole(given, 'until-event', { min: 1 }),
    trace: readTrace(given),
  });
}

function readSearch(given: Given): SearchFlags | undefined {
  const jobs = whole(given, 'jobs', { min: 1, max: JOBS_MAX });
  const runs = whole(given, 'runs', { min: 1 });
  const text = given.get('budget');
  if (runs === undefined && text === undefined) return undefined;
  const words = text?.split(',') ?? [];
  const times = words.filter((word) => word !== 'failure');
  const budgetMs = times[0] === undefined ? undefined : millisecondsOf(times[0]);
  if (times.length > 1 || (times.length === 1 && (budgetMs ?? 0) < 1000)) {
    throw UsageError.of('budget', 'real time from 1s on, such as 90s or 10m, or failure', text);
  }
  return present<SearchFlags>({
    runs,
    jobs,
    budgetMs,
    untilFailure: words.includes('failure'),
  });
}

function readKill(given: Given, nodes: number): number {
  const asked = whole(given, 'kill', { min: 0 });
  const others = (['faults', 'partition', 'heartbeat-loss', 'module'] as const).some((flag) =>
    given.has(flag),
  );
  const isOther = others || (given.get('scenario') ?? 'kill') !== 'kill';
  const kill = asked ?? (isOther ? 0 : Math.min(2, nodes - 1));
  if (kill < nodes) return kill;
  // One node has to be left, whoever it is.
  throw UsageError.of('kill', `a whole number below --nodes, which is ${nodes}`, `${kill}`);
}

function readStrategy(given: Given): StrategyName {
  if (given.get('strategy') === 'simple_one_for_one') {
    const expected = `${listed(STRATEGIES)} (simple_one_for_one starts without children)`;
    throw UsageError.of('strategy', expected, 'simple_one_for_one');
  }
  return oneOf(given, 'strategy', STRATEGIES) ?? 'one_for_one';
}

function readDuration(given: Given): number | undefined {
  const text = given.get('duration');
  if (text === undefined) return undefined;
  const durationMs = millisecondsOf(text) ?? 0;
  if (durationMs >= 1000 && durationMs <= DURATION_MAX_MS) return durationMs;
  throw UsageError.of('duration', 'virtual time from 1s to 60m, such as 45s', text);
}

function readTrace(given: Given): TraceFlag | undefined {
  const path = given.get('trace');
  if (path === undefined) return undefined;
  const format = TRACE_FORMATS.find((name) => path.endsWith(`.${name}`));
  if (format !== undefined) return { path, format };
  throw UsageError.of('trace', 'a file name that ends in .html, .ndjson or .shiviz', path);
}

/** The fields that are there: an absent one is no field at all. */
function present<T>(fields: { [K in keyof T]: T[K] | undefined }): T {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as T;
}

const STRATEGIES = ['one_for_one', 'one_for_all', 'rest_for_one'] as const;
const SELECTORS = ['local_first', 'round_robin', 'least_loaded', 'random'] as const;
const LANES = ['worker', 'inproc', 'both'] as const;
const ORDERS = ['fifo', 'priorities'] as const;
const TRACE_FORMATS = ['html', 'ndjson', 'shiviz'] as const;
const NODES_MAX = 200;
const CHILDREN_MAX = 10_000;
const DURATION_MAX_MS = 60 * 60_000;
const CUT_OFF_MAX = 100;
const LATENCY_MAX_MS = 10_000;
const JOBS_MAX = 256;
