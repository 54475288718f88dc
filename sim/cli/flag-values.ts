import type { Given } from './flag-tokens.js';
import type { FlagName } from './flags.js';
import { suggestion } from './suggestion.js';
import { oneLine, UsageError } from './usage-error.js';

/** A whole number within bounds; `undefined` when the flag is not there. */
export function whole(
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

/** One of `choices`. */
export function oneOf<T extends string>(
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

/** A span of time in milliseconds; `undefined` when the text is none. */
export function millisecondsOf(text: string): number | undefined {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  return amount === undefined ? undefined : Math.round(Number(amount) * (UNITS_MS[unit] as number));
}

/** A share from 0 to 1, as a number or in percent. */
export function share(given: Given, flag: FlagName): number | undefined {
  const text = given.get(flag);
  if (text === undefined) return undefined;
  const [, amount, percent] = /^(\d+(?:\.\d+)?|\.\d+)(%)?$/.exec(text) ?? [];
  const value = Number(amount) / (percent === undefined ? 1 : 100);
  if (value >= 0 && value <= 1) return value;
  throw UsageError.of(flag, 'a share from 0 to 1, such as 0.3 or 30%', text);
}

export interface MinMax {
  readonly min: number;
  readonly max: number;
}

/** `min-max` or one number for both, in milliseconds. */
export function rangeMs(given: Given, flag: FlagName, maxMs: number): MinMax | undefined {
  const text = given.get(flag);
  if (text === undefined) return undefined;
  const [, from, to = from] = /^(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?(?:ms)?$/.exec(text) ?? [];
  const [min, max] = [Number(from), Number(to)];
  if (from !== undefined && min <= max && max <= maxMs) return { min, max };
  const expected = `milliseconds up to ${maxMs}, such as 0.2-5, the smaller number first`;
  throw UsageError.of(flag, expected, text);
}

export function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
