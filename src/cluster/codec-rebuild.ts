import type { ErrorClasses } from '../runtime/error-classes.js';
import { BINARY_KINDS } from './codec-binary.js';
import { define, reviveFailure } from './codec-failure.js';
import { TAG } from './codec-tag.js';
import type { Shadow } from './codec-tag.js';
import { fromCodeUnits } from './codec-text.js';

/**
 * The value that a graph form stands for. Throws on anything that is no graph form: the bytes may
 * come from anybody. Nesting is as deep as the graph, which the caller has bounded.
 */
export function fromGraph(graph: Shadow, classes: ErrorClasses): unknown {
  return new GraphReader(classes).read(graph);
}

class GraphReader {
  readonly #classes: ErrorClasses;
  /** Every object by its number. It is here before its parts are, which may point back to it. */
  readonly #objects: object[] = [];

  constructor(classes: ErrorClasses) {
    this.#classes = classes;
  }

  read(shadow: Shadow): unknown {
    if (!Array.isArray(shadow)) {
      if (shadow instanceof Uint8Array) throw malformed('bytes outside of a binary value');
      return shadow;
    }
    const parts = shadow as readonly Shadow[];
    switch (parts[0]) {
      case TAG.again:
        return this.#again(parts[1]);
      case TAG.record:
        return this.#readRecord(parts, {});
      case TAG.bareRecord:
        return this.#readRecord(parts, Object.create(null) as Record<string, unknown>);
      case TAG.array:
        return this.#readArray(parts);
      case TAG.map:
        return this.#readMap(parts);
      case TAG.set:
        return this.#readSet(parts);
      case TAG.error:
        return this.#readError(parts);
      case TAG.notANumber:
        return NaN;
      case TAG.negativeZero:
        return -0;
      case TAG.bigInteger:
        return bigIntegerOf(parts[1]);
      case TAG.codeUnits:
        return textOf(parts);
      default:
        return this.#keep(leafOf(parts));
    }
  }

  #keep<Kept extends object>(value: Kept): Kept {
    this.#objects.push(value);
    return value;
  }

  #again(number: Shadow): object {
    const known = typeof number === 'number' ? this.#objects[number] : undefined;
    if (known === undefined) throw malformed('a pointer to no object');
    return known;
  }

  #readRecord(parts: readonly Shadow[], record: Record<string, unknown>): object {
    if (parts.length % 2 !== 1) throw malformed('a key without a value');
    this.#keep(record);
    for (let index = 1; index < parts.length; index += 2) {
      const key = textOf(parts[index]);
      const value = this.read(parts[index + 1]);
      if (key === '__proto__') defineField(record, key, value);
      else record[key] = value;
    }
    return record;
  }

  #readArray(parts: readonly Shadow[]): unknown[] {
    const items: unknown[] = this.#keep([]);
    for (let index = 1; index < parts.length; index++) items.push(this.read(parts[index]));
    return items;
  }

  #readMap(parts: readonly Shadow[]): Map<unknown, unknown> {
    if (parts.length % 2 !== 1) throw malformed('a key without a value');
    const map = this.#keep(new Map<unknown, unknown>());
    for (let index = 1; index < parts.length; index += 2) {
      const key = this.read(parts[index]);
      map.set(key, this.read(parts[index + 1]));
    }
    return map;
  }

  #readSet(parts: readonly Shadow[]): Set<unknown> {
    const set = this.#keep(new Set<unknown>());
    for (let index = 1; index < parts.length; index++) set.add(this.read(parts[index]));
    return set;
  }

  #readError(parts: readonly Shadow[]): Error {
    const [, base, classCode, name, message, cause, errors] = parts;
    if (typeof base !== 'number') throw malformed('an error without a base');
    if (classCode !== null && typeof classCode !== 'string') throw malformed('a code of no text');
    const error = this.#keep(
      reviveFailure(
        { base, classCode, name: name === null ? null : textOf(name), message: textOf(message) },
        this.#classes,
      ),
    );
    if (!isAbsent(cause)) define(error, 'cause', this.read(cause));
    if (!isAbsent(errors)) define(error, 'errors', this.read(errors));
    if (parts.length % 2 !== 1) throw malformed('a key without a value');
    for (let index = 7; index < parts.length; index += 2) {
      defineField(error, textOf(parts[index]), this.read(parts[index + 1]));
    }
    return error;
  }
}

// Defined, not assigned: `__proto__` is a key like any other, and an error has odd fields already.
function defineField(holder: object, key: string, value: unknown): void {
  const shown = { value, enumerable: true, writable: true, configurable: true };
  Object.defineProperty(holder, key, shown);
}

function leafOf(parts: readonly Shadow[]): object {
  const [tag, first, second] = parts;
  switch (tag) {
    case TAG.date:
      if (first !== null && typeof first !== 'number') throw malformed('a date of no number');
      return new Date(first ?? NaN);
    case TAG.regExp:
      return new RegExp(textOf(first), textOf(second));
    case TAG.binary:
      return binaryOf(first, second);
    default:
      throw malformed('a tag that nobody knows');
  }
}

function binaryOf(number: Shadow, bytes: Shadow): object {
  const kind = typeof number === 'number' ? BINARY_KINDS[number] : undefined;
  if (kind === undefined) throw malformed('a binary value of no kind');
  if (!(bytes instanceof Uint8Array)) throw malformed('a binary value without bytes');
  return kind.revive(bytes.slice().buffer);
}

function bigIntegerOf(digits: Shadow): bigint {
  if (typeof digits !== 'string' || !HEX.test(digits)) throw malformed('a bigint of no digits');
  return digits.startsWith('-') ? -BigInt(`0x${digits.slice(1)}`) : BigInt(`0x${digits}`);
}

function textOf(shadow: Shadow): string {
  if (typeof shadow === 'string') return shadow;
  if (Array.isArray(shadow)) {
    const [tag, units] = shadow as readonly Shadow[];
    if (tag === TAG.codeUnits && units instanceof Uint8Array) return fromCodeUnits(units);
  }
  throw malformed('something else where a text should be');
}

function isAbsent(shadow: Shadow): boolean {
  return Array.isArray(shadow) && shadow[0] === TAG.absent;
}

function malformed(found: string): Error {
  return new TypeError(`not a value: ${found}`);
}

const HEX = /^-?[0-9a-f]+$/;
