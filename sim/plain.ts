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
  const keys = Object.keys(value).sort();
  if (isFlat(value)) return JSON.stringify(value, keys);
  const fields = value as Readonly<Record<string, unknown>>;
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(fields[key])}`).join(',')}}`;
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
