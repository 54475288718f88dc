import { DEPTH_MAX, ITEMS_MAX } from './codec-limits.js';
import { isLocalRef } from './codec-process-ref.js';
import { survivesUtf8 } from './codec-text.js';

/**
 * Whether msgpack alone carries the value: records, arrays, text, numbers, 64-bit integers,
 * booleans, null and undefined, and no object that is reached twice.
 *
 * `false` is no refusal, only the longer way. Getters run; one that throws lets its error out.
 */
export function isPlain(value: unknown, refsAreComplete: boolean): boolean {
  return new PlainWalk(refsAreComplete).visit(value, 0);
}

class PlainWalk {
  readonly #refsAreComplete: boolean;
  // A handful of objects is found faster by looking at each than by hashing them.
  readonly #few: object[] = [];
  #many: Set<object> | undefined;
  #items = 0;

  constructor(refsAreComplete: boolean) {
    this.#refsAreComplete = refsAreComplete;
  }

  visit(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case 'string':
        return survivesUtf8(value);
      case 'number':
        // msgpack has one zero, and an engine may write any of many NaNs.
        return value === 0 ? 1 / value > 0 : value === value;
      case 'boolean':
      case 'undefined':
        return true;
      case 'bigint':
        return value >= INT64_MIN && value <= UINT64_MAX;
      case 'object':
        return value === null || this.#visitObject(value, depth + 1);
      default:
        return false;
    }
  }

  #visitObject(value: object, depth: number): boolean {
    if (depth > DEPTH_MAX || this.#isKnown(value)) return false;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Array.prototype) return this.#visitArray(value as unknown[], depth);
    if (prototype !== Object.prototype) return false;
    if (Object.getOwnPropertySymbols(value).length > 0) return false;
    if (!this.#refsAreComplete && isLocalRef(value)) return false;
    const record = value as Record<string, unknown>;
    // Visits what others put on Object.prototype too, which costs time and changes nothing.
    for (const key in record) {
      if (key === '__proto__' || !survivesUtf8(key)) return false;
      if (!this.visit(record[key], depth)) return false;
    }
    return true;
  }

  #visitArray(value: readonly unknown[], depth: number): boolean {
    this.#items += value.length;
    if (this.#items > ITEMS_MAX) return false;
    for (let index = 0; index < value.length; index++) {
      if (!this.visit(value[index], depth)) return false;
    }
    return true;
  }

  #isKnown(value: object): boolean {
    if (this.#many !== undefined) {
      const before = this.#many.size;
      return this.#many.add(value).size === before;
    }
    if (this.#few.includes(value)) return true;
    this.#few.push(value);
    if (this.#few.length > FEW) this.#many = new Set(this.#few);
    return false;
  }
}

const FEW = 12;
const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;
