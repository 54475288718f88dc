import fc from 'fast-check';

/** A value that may cross the wire: any mix of what is sendable, with shared and cyclic parts. */
export function payload(): fc.Arbitrary<unknown> {
  return fc.array(partRecipe(), { minLength: 1, maxLength: 12 }).map((recipes) => build(recipes));
}

/** What most messages are, records and arrays, with one key or leaf that may be out of line. */
export function plainPayload(): fc.Arbitrary<unknown> {
  const odd = fc.constantFrom(
    -0,
    NaN,
    undefined,
    2n ** 64n,
    2n ** 64n - 1n,
    '\ud800',
    '\ufeff',
    1.5,
  );
  const key = fc.constantFrom('key', '__proto__', 'constructor', '\udfff', '\ufeffkey', '');
  return fc
    .tuple(fc.jsonValue({ maxDepth: 3 }), fc.oneof(odd, leaf()), key)
    .map(([tree, value, name]) => {
      const record = { tree, list: [value] };
      setField(record, name, value);
      return record;
    });
}

/** A value that cannot cross, with the words that a refusal must have for it. */
export function culprit(): fc.Arbitrary<{ readonly value: unknown; readonly words: string }> {
  return fc.constantFrom(
    { value: function save() {}, words: 'function save' },
    { value: Symbol('secret'), words: 'symbol secret' },
    { value: Promise.resolve(1), words: 'an instance of Promise' },
    { value: new WeakMap(), words: 'an instance of WeakMap' },
    {
      value: new (class User {
        age = 1;
      })(),
      words: 'an instance of User',
    },
    {
      value: new (class Cache extends Map {
        more = 1;
      })(),
      words: 'an instance of Cache',
    },
    { value: { [Symbol('key')]: 1 }, words: 'a key that is a symbol key' },
  );
}

/** Texts of all code units: broken surrogate pairs and byte order marks among them. */
export function anyText(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme', minLength: 20, maxLength: 90 }),
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    fc.constantFrom('\ufeffmark', `\ufeff${'long '.repeat(30)}`, '\ud800', '__proto__', 'then'),
  );
}

/** One container or object, whose children may be any other part of the same payload. */
interface PartRecipe {
  readonly kind: 'record' | 'bareRecord' | 'array' | 'map' | 'set' | 'error' | 'lone';
  readonly entries: readonly { key: string; leaf: unknown; part: number | undefined }[];
  readonly lone: object;
  readonly failure: { index: number; message: string; hasCause: boolean };
}

function partRecipe(): fc.Arbitrary<PartRecipe> {
  return fc.record({
    kind: fc.constantFrom('record', 'bareRecord', 'array', 'map', 'set', 'error', 'lone'),
    entries: fc.array(
      fc.record({ key: anyText(), leaf: leaf(), part: fc.option(fc.nat(30), { nil: undefined }) }),
      { maxLength: 6 },
    ),
    lone: loneObject(),
    failure: fc.record({ index: fc.nat(8), message: anyText(), hasCause: fc.boolean() }),
  });
}

function leaf(): fc.Arbitrary<unknown> {
  return fc.oneof(
    anyText(),
    fc.double(),
    fc.integer(),
    fc.constantFrom(NaN, -0, Infinity, -Infinity, Number.MAX_SAFE_INTEGER, 2 ** 32, -(2 ** 31)),
    fc.bigInt(),
    fc.constantFrom(2n ** 63n, 2n ** 64n, -(2n ** 63n), -(2n ** 64n) - 1n, 2n ** 900n, 0n),
    fc.constantFrom(null, undefined, true, false),
  );
}

function loneObject(): fc.Arbitrary<object> {
  const bytes = fc.uint8Array({ maxLength: 24 });
  return fc.oneof(
    fc.date({ noInvalidDate: false }),
    fc.constantFrom(/a+/gi, /\ufeff\//u, new RegExp('')),
    bytes,
    bytes.map((values) => Buffer.from(values)),
    bytes.map((values) => values.slice().buffer),
    bytes.map((values) => new DataView(values.slice().buffer)),
    fc.int8Array(),
    fc.uint8ClampedArray(),
    fc.int16Array(),
    fc.uint16Array(),
    fc.int32Array(),
    fc.uint32Array(),
    fc.float32Array(),
    fc.float64Array(),
    fc.bigInt64Array(),
    fc.bigUint64Array(),
  );
}

function build(recipes: readonly PartRecipe[]): unknown {
  const parts = recipes.map(emptyPart);
  for (const [index, recipe] of recipes.entries()) {
    fill(parts[index]!, recipe, ({ leaf: value, part }) =>
      part === undefined ? value : parts[part % parts.length],
    );
  }
  return parts[0];
}

function emptyPart({ kind, lone, failure }: PartRecipe): object {
  switch (kind) {
    case 'record':
      return {};
    case 'bareRecord':
      return Object.create(null) as object;
    case 'array':
      return [];
    case 'map':
      return new Map();
    case 'set':
      return new Set();
    case 'lone':
      return lone;
    case 'error':
      return emptyError(failure);
  }
}

function emptyError({ index, message }: PartRecipe['failure']): Error {
  const Class = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError][
    index
  ];
  if (Class !== undefined) return new Class(message);
  if (index === 7) return new AggregateError([], message);
  return Object.assign(new RangeError(message), { name: 'OfTheUsersError' });
}

type Entry = PartRecipe['entries'][number];

function fill(part: object, recipe: PartRecipe, valueOf: (entry: Entry) => unknown): void {
  const { kind, entries, failure } = recipe;
  for (const entry of entries) {
    const value = valueOf(entry);
    if (kind === 'array') (part as unknown[]).push(value);
    else if (kind === 'set') (part as Set<unknown>).add(value);
    else if (kind === 'map') (part as Map<unknown, unknown>).set(entry.leaf, value);
    else if (kind === 'record' || kind === 'bareRecord') setField(part, entry.key, value);
    else if (kind === 'error') setField(part, `field ${entry.key}`, value);
  }
  if (kind === 'error' && failure.hasCause) {
    const cause = entries[0] === undefined ? 'no entry' : valueOf(entries[0]);
    Object.defineProperty(part, 'cause', { value: cause, writable: true, configurable: true });
  }
}

function setField(holder: object, key: string, value: unknown): void {
  const shown = { value, enumerable: true, writable: true, configurable: true };
  Object.defineProperty(holder, key, shown);
}
