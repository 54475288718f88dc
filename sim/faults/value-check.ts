import { describe } from '../../src/base/errors.js';

export type Fields = Readonly<Record<string, unknown>>;

/** Where a value stands in a plan, and how many nodes that plan is for. */
export interface Place {
  readonly path: string;
  readonly nodes: number;
}

export function checkRecord(value: unknown, path: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new TypeError(`Expected ${path} to be an object, got ${describe(value)}`);
}

export function checkList(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`Expected ${path} to be an array, got ${describe(value)}`);
}

/** The index of a node. */
export function checkNode(value: unknown, { path, nodes }: Place): number {
  const node = checkNumber(value, path);
  if (Number.isInteger(node) && node >= 0 && node < nodes) return node;
  throw new RangeError(`Expected ${path} to be one of ${nodes} nodes, from 0, got node ${node}`);
}

export function checkNodes(value: unknown, place: Place): readonly number[] {
  return checkList(value, place.path).map((node, at) =>
    checkNode(node, { ...place, path: `${place.path}[${at}]` }),
  );
}

/** Virtual milliseconds, 0 or more. */
export function checkTime(value: unknown, { path }: Place): void {
  const timeMs = checkNumber(value, path);
  if (timeMs >= 0 && timeMs <= TIME_MAX_MS) return;
  throw new RangeError(`Expected ${path} to be from 0 to ${TIME_MAX_MS} ms, got ${timeMs}`);
}

/** Milliseconds that last at least as long as the clock can tell. */
export function checkAmount(value: unknown, place: Place): void {
  checkTime(value, place);
  if ((value as number) >= 0.001) return;
  throw new RangeError(`Expected ${place.path} to be at least 0.001 ms, got ${String(value)}`);
}

/** A probability, from 0 to 1. */
export function checkShare(value: unknown, { path }: Place): void {
  const share = checkNumber(value, path);
  if (share >= 0 && share <= 1) return;
  throw new RangeError(`Expected ${path} to be from 0 to 1, got ${share}`);
}

/** A whole number, 0 or more. */
export function checkCount(value: unknown, { path }: Place): void {
  const count = checkNumber(value, path);
  if (Number.isSafeInteger(count) && count >= 0) return;
  throw new RangeError(`Expected ${path} to be a whole number, 0 or more, got ${count}`);
}

export function checkKnown(value: unknown, words: readonly string[], path: string): void {
  if (words.includes(value as string)) return;
  throw new TypeError(`Expected ${path} to be one of ${words.join(', ')}, got ${describe(value)}`);
}

export function checkNumber(value: unknown, path: string): number {
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  throw new TypeError(`Expected ${path} to be a number, got ${describe(value)}`);
}

/** Checks what is there. */
export function optional(
  value: unknown,
  place: Place,
  check: (value: unknown, place: Place) => unknown,
): void {
  if (value !== undefined) check(value, place);
}

// A hundred years: whole microseconds of it are still exact.
const TIME_MAX_MS = 100 * 365 * 24 * 3600 * 1000;
