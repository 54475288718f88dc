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
  if (typeof value === 'bigint') return `${value}n`;
  if (value === undefined) return 'undefined';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`;
  const fields = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const key of Object.keys(fields).sort()) {
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonical(fields[key])}`;
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

function notPlain(path: string, value: unknown): TypeError {
  return new TypeError(`Expected plain data, got ${describe(value)} at ${path}`);
}

const JSON_DEPTH = 6;
