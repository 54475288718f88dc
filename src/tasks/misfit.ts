import { toError } from '../base/errors.js';

/**
 * Why a value cannot be stored; undefined when it can. Plain data is looked through as it lies,
 * which costs a fraction of packing it; of what else there is `pack` decides, which throws.
 */
export function misfitOf(value: unknown, pack: (value: unknown) => unknown): string | undefined {
  return search(value, 0, pack);
}

function search(
  value: unknown,
  depth: number,
  pack: (value: unknown) => unknown,
): string | undefined {
  if (value === null || PLAIN.has(typeof value)) return undefined;
  if (depth === DEPTH_MAX) return `it is nested more than ${DEPTH_MAX} deep, or in a circle`;
  if (Array.isArray(value)) {
    for (const item of value) {
      const misfit = search(item, depth + 1, pack);
      if (misfit !== undefined) return misfit;
    }
    return undefined;
  }
  return isPlain(value) ? searchFields(value, depth, pack) : trial(value, pack);
}

function searchFields(
  fields: Readonly<Record<string, unknown>>,
  depth: number,
  pack: (value: unknown) => unknown,
): string | undefined {
  for (const name of Object.keys(fields)) {
    // It would come back under another name: in JavaScript this one means something else.
    if (name === '__proto__') return 'it has a field named __proto__';
    const misfit = search(fields[name], depth + 1, pack);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function trial(value: unknown, pack: (value: unknown) => unknown): string | undefined {
  try {
    pack(value);
    return undefined;
  } catch (error) {
    return `${typeof value} that cannot be stored: ${toError(error).message}`;
  }
}

/** Far below what fills the stack of whoever packs it or reads it. */
const DEPTH_MAX = 1000;
const PLAIN: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'undefined']);
