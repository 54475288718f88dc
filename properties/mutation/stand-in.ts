import { AssertionError, deepStrictEqual } from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';

/** As much of vitest as the kernel's tests use, to run them thousands of times in no time. */
export interface Story {
  readonly title: string;
  readonly run: () => unknown;
}

export const stories: Story[] = [];

export function test(title: string, run: () => unknown): void {
  stories.push({ title, run });
}

export const it = Object.assign(test, {
  each: <T>(rows: readonly T[]) => {
    return (title: string, run: (...row: unknown[]) => unknown): void => {
      for (const row of rows) test(title, () => run(...(Array.isArray(row) ? row : [row])));
    };
  },
});

export function describe(_title: string, body: () => void): void {
  body();
}

/** What {@link matches} knows to be a part, wherever it stands. */
class Part {
  constructor(readonly part: object) {}
}

export const expect = Object.assign(
  (actual: unknown) => ({
    ...matchers(actual),
    not: negated(actual),
    rejects: {
      toMatchObject: async (part: object) => matchers(await thrownBy(actual)).toMatchObject(part),
      toThrow: async (what?: Thrown) => isThrown(await thrownBy(actual), what),
    },
  }),
  { objectContaining: (part: object) => new Part(part) },
);

type Thrown = string | RegExp | Part | (abstract new (...args: never[]) => Error);

function matchers(actual: unknown) {
  return {
    toBe: (expected: unknown) => agree(Object.is(actual, expected), actual, expected),
    toEqual: (expected: unknown) => deepEqual(actual, expected),
    toBeUndefined: () => agree(actual === undefined, actual, undefined),
    toContain: (part: string) => agree((actual as string).includes(part), actual, part),
    toContainEqual: (part: unknown) =>
      agree(
        (actual as unknown[]).some((one) => isEqual(one, part)),
        actual,
        part,
      ),
    toBeGreaterThan: (least: number) => agree((actual as number) > least, actual, least),
    toBeLessThanOrEqual: (most: number) => agree((actual as number) <= most, actual, most),
    toHaveLength: (length: number) => agree((actual as string).length === length, actual, length),
    toMatchObject: (part: object) => agree(matches(actual, part), actual, part),
    toThrow: (what?: Thrown) => isThrown(thrownIn(actual as () => unknown), what),
  };
}

function negated(actual: unknown) {
  return {
    toBe: (other: unknown) => agree(!Object.is(actual, other), actual, other),
    toContain: (part: string) => agree(!(actual as string).includes(part), actual, part),
  };
}

function thrownIn(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new AssertionError({ message: 'it returned' });
}

async function thrownBy(actual: unknown): Promise<unknown> {
  try {
    await (typeof actual === 'function' ? (actual as () => unknown)() : actual);
  } catch (error) {
    return error;
  }
  throw new AssertionError({ message: 'it resolved' });
}

function isThrown(thrown: unknown, what: Thrown | undefined): void {
  const { message } = thrown as Error;
  let isSo = true;
  if (typeof what === 'string') isSo = message.includes(what);
  else if (what instanceof RegExp) isSo = what.test(message);
  else if (what instanceof Part) isSo = matches(thrown, what);
  else if (what !== undefined) isSo = thrown instanceof what;
  agree(isSo, thrown, what);
}

function agree(isSo: boolean, actual: unknown, expected: unknown): void {
  if (!isSo) throw new Error(`got ${String(actual)}, not ${String(expected)}`);
}

function deepEqual(actual: unknown, expected: unknown): void {
  if (!isEqual(actual, expected)) deepStrictEqual(defined(actual), defined(expected));
}

function isEqual(actual: unknown, expected: unknown): boolean {
  if (expected instanceof Part) return matches(actual, expected);
  if (Array.isArray(expected) && Array.isArray(actual)) {
    return (
      actual.length === expected.length && expected.every((one, at) => isEqual(actual[at], one))
    );
  }
  return isDeepStrictEqual(defined(actual), defined(expected));
}

/** Undefined fields count as absent ones. */
function defined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(defined);
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  if (value instanceof Map || value instanceof Set) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, defined(inner)]));
}

function matches(actual: unknown, part: unknown): boolean {
  if (part instanceof Part) return matches(actual, part.part);
  if (part instanceof Error) return (actual as Error | undefined)?.message === part.message;
  if (typeof part !== 'object' || part === null) return Object.is(actual, part);
  if (Array.isArray(part)) {
    const own = actual as unknown[] | undefined;
    return part.length === own?.length && part.every((inner, at) => matches(own[at], inner));
  }
  const own = actual as Record<string, unknown> | undefined;
  return Object.entries(part).every(([key, inner]) => matches(own?.[key], inner));
}
