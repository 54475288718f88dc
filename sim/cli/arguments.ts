import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { StrategyName } from '../scenarios/scenario.js';
import { FLAGS, type FlagHelp, type FlagName } from './flags.js';
import { suggestion } from './suggestion.js';
import { oneLine, UsageError } from './usage-error.js';

export type SimCommand =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly flags: RunFlags };

/** What a run was asked for. What is absent has no fixed default. */
export interface RunFlags {
  readonly nodes: number;
  readonly kill: number;
  readonly seed?: number;
  readonly children?: number;
  readonly strategy: StrategyName;
  readonly selector: SelectorName;
  readonly durationMs?: number;
  readonly lane: LaneFlag;
  readonly checkDeterminism: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly plant?: string;
}

export type SelectorName = (typeof SELECTORS)[number];
export type LaneFlag = (typeof LANES)[number];

/** Reads the command line; throws {@link UsageError}. Of a flag given twice the last one counts. */
export function parseArguments(args: readonly string[]): SimCommand {
  const given = readTokens(args);
  if (given.has('help')) return { kind: 'help' };
  if (given.has('version')) return { kind: 'version' };
  const nodes = whole(given, 'nodes', { min: 1, max: NODES_MAX }) ?? 5;
  const kill = readKill(given, nodes);
  const seed = whole(given, 'seed');
  const children = whole(given, 'children', { min: 1, max: CHILDREN_MAX });
  const durationMs = readDuration(given);
  const plant = given.get('plant');
  return {
    kind: 'run',
    flags: {
      nodes,
      kill,
      ...(seed === undefined ? {} : { seed }),
      ...(children === undefined ? {} : { children }),
      strategy: readStrategy(given),
      selector: oneOf(given, 'selector', SELECTORS) ?? 'round_robin',
      ...(durationMs === undefined ? {} : { durationMs }),
      lane: oneOf(given, 'lane', LANES) ?? 'worker',
      checkDeterminism: given.has('check-determinism'),
      json: given.has('json'),
      quiet: given.has('quiet'),
      ...(plant === undefined ? {} : { plant }),
    },
  };
}

type Given = ReadonlyMap<FlagName, string>;

// Not strict: its messages are long, and it knows no suggestions.
function readTokens(args: readonly string[]): Given {
  const given = new Map<FlagName, string>();
  const options: Record<string, { type: 'string' | 'boolean' }> = {};
  for (const [name, flag] of flagEntries) {
    options[name] = { type: flag.value === undefined ? 'boolean' : 'string' };
  }
  const config = { args: [...args], options, strict: false, tokens: true } as const;
  for (const token of parseArgs(config satisfies ParseArgsConfig).tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      throw new UsageError(`expected flags only, got ${oneLine(token.value)}`);
    }
    const { name, value, rawName } = token;
    if (!isFlag(name)) throw unknownFlag(name, rawName);
    const flag: FlagHelp = FLAGS[name];
    if (flag.value !== undefined) {
      // Whatever follows was taken for the value: a number below zero is one, a flag is none.
      if (value === undefined || (!token.inlineValue && value.startsWith('--'))) {
        throw UsageError.of(name, `a value (${flag.value})`, value);
      }
      given.set(name, value);
    } else if (value !== undefined) {
      throw UsageError.of(name, 'no value', value);
    } else {
      given.set(name, '');
    }
  }
  return given;
}

function unknownFlag(name: string, rawName: string): UsageError {
  const known = flagEntries.flatMap(([flag, { isHidden }]) => (isHidden === true ? [] : [flag]));
  const meant = suggestion(name, known);
  const hint = meant === undefined ? 'expected one that --help lists' : `did you mean --${meant}?`;
  return new UsageError(`unknown flag ${oneLine(rawName)}: ${hint}`);
}

function readKill(given: Given, nodes: number): number {
  const kill = whole(given, 'kill', { min: 0 }) ?? Math.min(2, nodes - 1);
  if (kill < nodes) return kill;
  // The first node is never killed, so the rest is all there is.
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
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? [];
  const durationMs = Math.round(Number(amount) * (UNITS_MS[unit] as number));
  if (amount !== undefined && durationMs >= 1000 && durationMs <= DURATION_MAX_MS) {
    return durationMs;
  }
  throw UsageError.of('duration', 'virtual time from 1s to 60m, such as 45s', text);
}

function whole(
  given: Given,
  flag: FlagName,
  { min = -Infinity, max = Infinity }: { readonly min?: number; readonly max?: number } = {},
): number | undefined {
  const text = given.get(flag);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(value) && value >= min && value <= max) {
    // No negative zero: it would not print as it came.
    return value + 0;
  }
  const from = min === -Infinity ? '' : max === Infinity ? ` from ${min} on` : ` from ${min}`;
  const range = max === Infinity ? from : `${from} to ${max}`;
  const size = Number.isInteger(value) && !Number.isSafeInteger(value) ? ' below 2 ** 53' : range;
  throw UsageError.of(flag, `a whole number${size}`, text);
}

function oneOf<T extends string>(
  given: Given,
  flag: FlagName,
  choices: readonly T[],
): T | undefined {
  const text = given.get(flag);
  if (text === undefined) return undefined;
  const choice = choices.find((name) => name === text);
  if (choice !== undefined) return choice;
  const meant = suggestion(text, choices);
  const got = meant === undefined ? text : `${oneLine(text)}; did you mean ${meant}?`;
  throw UsageError.of(flag, listed(choices), got);
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}

function isFlag(name: string): name is FlagName {
  return Object.hasOwn(FLAGS, name);
}

const flagEntries: [string, FlagHelp][] = Object.entries(FLAGS);
const STRATEGIES = ['one_for_one', 'one_for_all', 'rest_for_one'] as const;
const SELECTORS = ['local_first', 'round_robin', 'least_loaded', 'random'] as const;
const LANES = ['worker', 'inproc', 'both'] as const;
const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
const NODES_MAX = 200;
const CHILDREN_MAX = 10_000;
const DURATION_MAX_MS = 60 * 60_000;
