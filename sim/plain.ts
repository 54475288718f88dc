import { describe } from '../src/base/errors.js';

/**
 * A copy of plain data. Throws on anything else, with the path to it: what leaves a node must look
 * the same whether it crosses to another thread or not.
 */
export function plainCopy<T>(value: T, path = 'value'): T {
  if (typeof value === 'function' || typeof value === 'symbol') throw notPlain(path, value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((item: unknown, at) => plainCopy(item, `${path}[${at}]`)) as T;
  }
  if (value instanceof Uint8Array) return new Uint8Array(value) as T;
  if (!isPlainObject(value)) throw notPlain(path, value);
  if (isFlat(value)) return { ...value };
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) copy[key] = plainCopy(item, `${path}.${key}`);
  return copy as T;
}

/** One text for equal plain data: keys in code unit order, bigints and bytes spelt out. */
export function canonical(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`;
  const fields = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const key of sorted(Object.keys(fields))) {
    text += `${text === '' ? '' : ','}${quoted(key)}:${canonical(fields[key])}`;
  }
  return `{${text}}`;
}

/**
 * Whether JSON gives the same data back: records and lists of texts, truth values, null, and the
 * numbers that it can tell apart. False as well for what is nested deeper than most data is.
 */
export function survivesJson(value: unknown, depth = JSON_DEPTH): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value !== 'object') return Number.isFinite(value) && !Object.is(value, -0);
  if (depth === 0) return false;
  if (Array.isArray(value)) {
    // Not `every`, which passes over holes.
    for (const item of value) if (!survivesJson(item, depth - 1)) return false;
    return true;
  }
  if (!isPlainObject(value)) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  for (const key in fields) if (!survivesJson(fields[key], depth - 1)) return false;
  return true;
}

// Most of what a run says is records of texts and numbers: the engine writes those the fastest.
function isFlat(value: object): boolean {
  for (const key in value) {
    const item = (value as Readonly<Record<string, unknown>>)[key];
    const isSimple = typeof item === 'string' || typeof item === 'boolean' || Number.isFinite(item);
    if (!isSimple || !Object.hasOwn(value, key)) return false;
  }
  return true;
}

function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

// Every observation comes by here: the engine's own ways are several times as slow for a text that
// has nothing to escape, and for a list as short as the keys of a record.
function quoted(text: string): string {
  return NOTHING_TO_ESCAPE.test(text) ? `"${text}"` : JSON.stringify(text);
}

function sorted(keys: string[]): string[] {
  if (keys.length > SHORT) return keys.sort();
  for (let at = 1; at < keys.length; at++) {
    const key = keys[at] as string;
    let to = at;
    for (; to > 0 && (keys[to - 1] as string) > key; to--) keys[to] = keys[to - 1] as string;
    keys[to] = key;
  }
  return keys;
}

function notPlain(path: string, value: unknown): TypeError {
  return new TypeError(`Expected plain data, got ${describe(value)} at ${path}`);
}

const JSON_DEPTH = 6;
const NOTHING_TO_ESCAPE = /^[ !#-[\]-~]*$/;
const SHORT = 16;
