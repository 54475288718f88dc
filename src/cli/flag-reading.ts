import { parseArgs, type ParseArgsConfig } from 'node:util';
import { suggestion } from '../base/suggestion.js';
import { NodeUsageError, oneLine } from './node-usage-error.js';

/** What a flag takes after it; a flag without it is a switch. */
export interface Flag {
  readonly value?: string;
  readonly help: readonly string[];
}

export type FlagTable = Readonly<Record<string, Flag>>;

/** The flags of a command line with their values, in the order they came; a switch has none. */
export type Given<Name extends string> = ReadonlyMap<Name, readonly string[]>;

/** Reads a command line that has flags and nothing else. Throws {@link NodeUsageError}. */
export function readFlags<Table extends FlagTable>(
  args: readonly string[],
  table: Table,
): Given<keyof Table & string> {
  const given = new Map<keyof Table & string, string[]>();
  const options: Record<string, { type: 'string' | 'boolean' }> = {};
  for (const [name, flag] of Object.entries(table)) {
    options[name] = { type: flag.value === undefined ? 'boolean' : 'string' };
  }
  // Not strict: its messages are long, and it knows no suggestions.
  const config = { args: [...args], options, strict: false, tokens: true } as const;
  for (const token of parseArgs(config satisfies ParseArgsConfig).tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      throw new NodeUsageError(`expected flags only, got ${oneLine(token.value)}`);
    }
    const { name, value, rawName, inlineValue } = token;
    const flag = Object.hasOwn(table, name) ? table[name] : undefined;
    if (flag === undefined) throw unknownFlag(name, rawName, table);
    // Whatever follows was taken for the value, the next flag too.
    const isMissing = value === undefined || value === '' || (!inlineValue && /^--/.test(value));
    if (flag.value !== undefined && isMissing) {
      throw NodeUsageError.of(name, `a value (${flag.value})`, value);
    }
    if (flag.value === undefined && value !== undefined) {
      throw NodeUsageError.of(name, 'no value', value);
    }
    given.set(name, [...(given.get(name) ?? []), ...(value === undefined ? [] : [value])]);
  }
  return given;
}

function unknownFlag(name: string, rawName: string, table: FlagTable): NodeUsageError {
  const meant = suggestion(name, Object.keys(table));
  const hint = meant === undefined ? 'expected one that --help lists' : `did you mean --${meant}?`;
  return new NodeUsageError(`unknown flag ${oneLine(rawName)}: ${hint}`);
}

/** Of a flag given twice the last one counts. */
export function lastOf<Name extends string>(given: Given<Name>, flag: Name): string | undefined {
  return given.get(flag)?.at(-1);
}

export function readWhole<Name extends string>(
  given: Given<Name>,
  flag: Name,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  const text = lastOf(given, flag);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw NodeUsageError.of(flag, `a whole number from ${min} to ${max}`, text);
}

export function readPort<Name extends string>(given: Given<Name>, flag: Name): number | undefined {
  return readWhole(given, flag, { min: 0, max: 65_535 });
}

export function readTimeMs<Name extends string>(
  given: Given<Name>,
  flag: Name,
  { minMs, maxMs }: { readonly minMs: number; readonly maxMs: number },
): number | undefined {
  const text = lastOf(given, flag);
  if (text === undefined) return undefined;
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? [];
  const timeMs = amount === undefined ? NaN : Number(amount) * (UNITS_MS[unit] as number);
  if (timeMs >= minMs && timeMs <= maxMs) return timeMs;
  const range = `${minMs === 0 ? '0' : `${minMs}ms`} to ${maxMs / 60_000}m`;
  throw NodeUsageError.of(flag, `a time from ${range}, such as 500ms or 5s`, text);
}

/** The fields that are there: an absent one is no field at all. */
export function present<T>(fields: { [K in keyof T]: T[K] | undefined }): T {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as T;
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
