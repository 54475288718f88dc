import { deepStrictEqual } from 'node:assert/strict';
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

export const it = test;

export function describe(_title: string, body: () => void): void {
  body();
}

export function expect(actual: unknown) {
  return {
    toBe: (expected: unknown) => agree(Object.is(actual, expected), actual, expected),
    toEqual: (expected: unknown) => deepStrictEqual(defined(actual), defined(expected)),
    toBeUndefined: () => agree(actual === undefined, actual, undefined),
    toContain: (part: string) => agree((actual as string).includes(part), actual, part),
    toBeGreaterThan: (least: number) => agree((actual as number) > least, actual, least),
    toBeLessThanOrEqual: (most: number) => agree((actual as number) <= most, actual, most),
    toHaveLength: (length: number) => agree((actual as string).length === length, actual, length),
    toMatchObject: (part: object) => agree(matches(actual, part), actual, part),
  };
}

function agree(isSo: boolean, actual: unknown, expected: unknown): void {
  if (!isSo) throw new Error(`got ${String(actual)}, not ${String(expected)}`);
}

/** Undefined fields count as absent ones. */
function defined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(defined);
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, defined(inner)]));
}

function matches(actual: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return Object.is(actual, part);
  if (Array.isArray(part)) return isDeepStrictEqual(actual, part);
  const own = actual as Record<string, unknown> | undefined;
  return Object.entries(part).every(([key, inner]) => matches(own?.[key], inner));
}
