import { binaryKindOf, bytesOf } from './codec-binary.js';
import { MessageSerializationError } from './codec-error.js';
import { failureOf, isAggregate } from './codec-failure.js';
import { DEPTH_MAX, ITEMS_MAX } from './codec-limits.js';
import { isLocalRef } from './codec-process-ref.js';
import type { CompleteRef } from './codec-process-ref.js';
import { TAG } from './codec-tag.js';
import type { Shadow } from './codec-tag.js';
import { survivesUtf8, toCodeUnits } from './codec-text.js';
import { partText, trailText } from './codec-trail.js';
import type { Step } from './codec-trail.js';

export interface GraphOptions {
  /** What a path to a culprit begins with. */
  readonly root: string;
  readonly completeRef: CompleteRef | undefined;
  /** `refuse` throws at the first part that cannot cross; `describe` sends words in its place. */
  readonly onCulprit: 'refuse' | 'describe';
}

/**
 * The value in graph form, which keeps what msgpack alone cannot say: classes of values, and
 * which objects are one and the same. `TAG` describes the form. Throws
 * {@link MessageSerializationError} with the path to what cannot cross.
 */
export function toGraph(value: unknown, options: GraphOptions): Shadow {
  return new GraphWriter(options).write(value);
}

class GraphWriter {
  readonly #options: GraphOptions;
  readonly #numbers = new Map<object, number>();
  readonly #trail: Step[] = [];
  #items = 0;

  constructor(options: GraphOptions) {
    this.#options = options;
  }

  write(value: unknown): Shadow {
    switch (typeof value) {
      case 'string':
        return textShadow(value);
      case 'number':
        if (value !== value) return [TAG.notANumber];
        return Object.is(value, -0) ? [TAG.negativeZero] : value;
      case 'bigint':
        return BigInt.asIntN(64, value) === value ? value : [TAG.bigInteger, value.toString(16)];
      case 'boolean':
      case 'undefined':
        return value;
      case 'object':
        return value === null ? null : this.#writeObject(value);
      default:
        return this.#culprit(partText(value));
    }
  }

  #writeObject(value: object): Shadow {
    const known = this.#numbers.get(value);
    if (known !== undefined) return [TAG.again, known];
    if (this.#trail.length >= DEPTH_MAX) {
      return this.#culprit(`a value nested more than ${DEPTH_MAX} deep`, 'send it flatter');
    }
    const looked = this.#attempt(() => lookAt(value));
    return looked.ok ? this.#writeShape(value, looked.result) : looked.words;
  }

  #writeShape(value: object, shape: Shape): Shadow {
    switch (shape) {
      case 'record':
        return this.#writeRecord(TAG.record, value);
      case 'bareRecord':
        return this.#writeRecord(TAG.bareRecord, value);
      case 'array':
        return this.#writeArray(value as unknown[]);
      case 'map':
        return this.#writeMap(value as Map<unknown, unknown>);
      case 'set':
        return this.#writeSet(value as Set<unknown>);
      case 'error':
        return this.#writeError(value as Error);
      case 'other':
        return this.#culprit(partText(value));
      default:
        this.#number(value);
        return shape.leaf;
    }
  }

  #writeRecord(tag: number, value: object): Shadow {
    const plan = this.#attempt(() => planRecord(value, this.#options.completeRef));
    if (!plan.ok) return plan.words;
    const { source, keys, symbol } = plan.result;
    if (symbol !== undefined) return this.#culprit(`a key that is a ${partText(symbol)}`);
    this.#number(value);
    return this.#writeFields([tag], source, keys);
  }

  #writeFields(shadow: Shadow[], source: object, keys: readonly string[]): Shadow {
    for (const key of keys) {
      shadow.push(textShadow(key), this.#writeProperty(source, key));
    }
    return shadow;
  }

  #writeArray(value: readonly unknown[]): Shadow {
    const count = value.length;
    this.#items += count;
    if (this.#items > ITEMS_MAX) return this.#culprit(`more than ${ITEMS_MAX} items in all`);
    this.#number(value);
    const shadow: Shadow[] = [TAG.array];
    for (let index = 0; index < count; index++) shadow.push(this.#writeProperty(value, index));
    return shadow;
  }

  #writeMap(value: Map<unknown, unknown>): Shadow {
    const entries = this.#attempt(() => entriesOf(value));
    if (!entries.ok) return entries.words;
    this.#number(value);
    const shadow: Shadow[] = [TAG.map];
    for (const [index, [key, item]] of entries.result.entries()) {
      shadow.push(this.#writePart({ text: `.keys()[${index}]` }, key));
      const name = typeof key === 'string' ? `.get(${JSON.stringify(key)})` : `.values()[${index}]`;
      shadow.push(this.#writePart({ text: name }, item));
    }
    return shadow;
  }

  #writeSet(value: Set<unknown>): Shadow {
    const items = this.#attempt(() => itemsOf(value));
    if (!items.ok) return items.words;
    this.#number(value);
    const shadow: Shadow[] = [TAG.set];
    for (const [index, item] of items.result.entries()) {
      shadow.push(this.#writePart({ text: `.values()[${index}]` }, item));
    }
    return shadow;
  }

  #writeError(error: Error): Shadow {
    const described = this.#attempt(() => failureOf(error));
    if (!described.ok) return described.words;
    this.#number(error);
    const { base, classCode, name, message, keys } = described.result;
    const shadow: Shadow[] = [
      TAG.error,
      base,
      classCode,
      name === null ? null : textShadow(name),
      textShadow(message),
      Object.hasOwn(error, 'cause') ? this.#writeProperty(error, 'cause') : [TAG.absent],
      isAggregate(base) ? this.#writeProperty(error, 'errors') : [TAG.absent],
    ];
    return this.#writeFields(shadow, error, keys);
  }

  #writeProperty(source: object, key: string | number): Shadow {
    this.#trail.push(key);
    const read = this.#attempt(() => (source as Record<string | number, unknown>)[key]);
    const shadow = read.ok ? this.write(read.result) : read.words;
    this.#trail.pop();
    return shadow;
  }

  #writePart(step: Step, value: unknown): Shadow {
    this.#trail.push(step);
    const shadow = this.write(value);
    this.#trail.pop();
    return shadow;
  }

  #number(value: object): void {
    this.#numbers.set(value, this.#numbers.size);
  }

  /** Runs code of the value's own: a getter, a proxy's trap. What it throws makes it a culprit. */
  #attempt<Result>(run: () => Result): Attempt<Result> {
    try {
      return { ok: true, result: run() };
    } catch (thrown) {
      return { ok: false, words: this.#culprit('reading it throws', 'send plain data', thrown) };
    }
  }

  #culprit(what: string, advice = 'send plain data instead', cause?: unknown): string {
    if (this.#options.onCulprit === 'describe') return `[${what}]`;
    const path = trailText(this.#options.root, this.#trail);
    throw new MessageSerializationError(
      'serialize',
      `Cannot send ${path}: ${what}; ${advice}`,
      cause ?? new TypeError(what),
      path,
    );
  }
}

type Attempt<Result> = { ok: true; result: Result } | { ok: false; words: string };

interface RecordPlan {
  /** Where the values are read: the record itself, or the completed reference in its place. */
  readonly source: object;
  readonly keys: readonly string[];
  /** A key that msgpack has no word for. */
  readonly symbol: symbol | undefined;
}

function planRecord(value: object, completeRef: CompleteRef | undefined): RecordPlan {
  const source = completeRef !== undefined && isLocalRef(value) ? completeRef(value) : value;
  const symbol = Object.getOwnPropertySymbols(value).find((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key),
  );
  return { source, keys: Object.keys(source), symbol };
}

function textShadow(text: string): Shadow {
  return survivesUtf8(text) ? text : [TAG.codeUnits, toCodeUnits(text)];
}

// Taken from the class itself: an instance may carry a method of the same name.
function entriesOf(map: Map<unknown, unknown>): [unknown, unknown][] {
  const entries: [unknown, unknown][] = [];
  Map.prototype.forEach.call(map, (item: unknown, key: unknown) => entries.push([key, item]));
  return entries;
}

function itemsOf(set: Set<unknown>): unknown[] {
  const items: unknown[] = [];
  Set.prototype.forEach.call(set, (item: unknown) => items.push(item));
  return items;
}

/** How an object crosses: by its parts, as a leaf that has none, or not at all. */
type Shape = 'record' | 'bareRecord' | 'array' | 'map' | 'set' | 'error' | 'other' | Leaf;

interface Leaf {
  readonly leaf: Shadow;
}

// The prototype must be the very one: a subclass may hold anything. What only borrows a prototype
// throws as soon as a method of the class looks at it.
function lookAt(value: object): Shape {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return 'record';
  if (prototype === null) return 'bareRecord';
  // An array of another realm has another prototype, but that one is an array as well; the
  // prototype of a subclass is not.
  if (Array.isArray(value) && Array.isArray(prototype)) return 'array';
  if (prototype === Map.prototype) return 'map';
  if (prototype === Set.prototype) return 'set';
  const leaf = leafShadow(value, prototype);
  if (leaf !== undefined) return { leaf };
  if (value instanceof Error) return 'error';
  return isForeignPlain(prototype) ? 'record' : 'other';
}

function leafShadow(value: object, prototype: unknown): Shadow | undefined {
  if (prototype === Date.prototype) {
    const timeMs = Date.prototype.getTime.call(value);
    return [TAG.date, Number.isNaN(timeMs) ? null : timeMs];
  }
  if (prototype === RegExp.prototype && value !== prototype) {
    const { source, flags } = value as RegExp;
    return [TAG.regExp, textShadow(source), flags];
  }
  const kind = binaryKindOf(prototype);
  return kind < 0 ? undefined : [TAG.binary, kind, bytesOf(value)];
}

// A plain object of another realm: its prototype looks like Object.prototype and is the last.
function isForeignPlain(prototype: unknown): boolean {
  return (
    typeof prototype === 'object' &&
    prototype !== null &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, 'isPrototypeOf')
  );
}
