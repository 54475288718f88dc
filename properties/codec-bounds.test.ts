import { memoryUsage } from 'node:process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Codec } from '../src/cluster/codec.js';
import { MessageSerializationError } from '../src/cluster/codec-error.js';

const codec = new Codec();

describe('what the codec reads', () => {
  it('costs nothing for a length that lies', () => {
    const before = fc.array(fc.constantFrom(0xc0, 0x01, 0xa0, 0x90), { maxLength: 6 });
    const claim = fc.tuple(fc.constantFrom(...LENGTHS), fc.integer({ min: 200, max: 2 ** 32 - 1 }));
    const rest = fc.uint8Array({ maxLength: 100 });
    law(fc.tuple(form(), before, claim, rest), ([first, items, [token, length], tail]) => {
      const list = [0x90 + items.length + 1, ...items];
      const bytes = Uint8Array.from([first, ...list, ...claimed(token, length), ...tail]);
      const heldBytes = cost(() => expect(() => codec.decode(bytes)).toThrow(Refused));
      expect(heldBytes).toBeLessThan(16 * 2 ** 20);
    });
  });

  it('takes memory in proportion to its bytes, whatever is repeated in them', () => {
    const unit = fc.oneof(fc.constantFrom(...UNITS), fc.uint8Array({ minLength: 1, maxLength: 6 }));
    law(
      fc.tuple(form(), unit),
      ([first, repeated]) => {
        const bytes = manyTimes(first, repeated);
        const heldBytes = cost(() => void readMaybe(bytes));
        expect(heldBytes).toBeLessThan(COST_BY_BYTE * bytes.length + 16 * 2 ** 20);
      },
      50,
    );
  });

  it('takes no parser for ever, and no stack to its end', () => {
    const many = 2 ** 17;
    const sources = [
      '('.repeat(many),
      '(?:'.repeat(many) + ')'.repeat(many),
      '[a-'.repeat(many),
      'a{9999}'.repeat(many),
    ];
    for (const source of sources) readMaybe(codec.encode(patternNamed(source)));
    expect(codec.decode(codec.encode(2n ** 2_000_000n))).toBe(2n ** 2_000_000n);
  });

  it('is nested as deep as a sender may nest it, and no deeper', () => {
    const kinds = fc.array(fc.constantFrom(...NESTS), { minLength: 1, maxLength: 12 });
    const depth = fc.oneof(fc.integer({ min: 990, max: 1010 }), fc.nat(1200), fc.nat(10_000));
    law(
      fc.tuple(kinds, depth, fc.constantFrom(1, NaN, '\ud800', 2n ** 70n)),
      ([around, deep, innermost]) => {
        let value: unknown = innermost;
        for (let left = deep; left > 0; left--) {
          value = (around[left % around.length] as (inner: unknown) => unknown)(value);
        }
        if (deep > 1000) expect(() => codec.encode(value)).toThrow('nested more than 1000 deep');
        else expect(depthOf(codec.decode(codec.encode(value)))).toBe(deep);
      },
      80,
    );
  });

  it('is a binary value of whole elements, or nothing', () => {
    const kind = fc.integer({ min: -1, max: 16 });
    law(fc.tuple(kind, fc.uint8Array({ maxLength: 40 })), ([number, content]) => {
      const head = [1, 0x93, 8, number & 0xff, 0xc4, content.length];
      const read = readMaybe(Uint8Array.from([...head, ...content]));
      if (read === undefined) return;
      const { value } = read as { value: ArrayBuffer | ArrayBufferView };
      expect(value.byteLength).toBe(content.length);
      expect(codec.decode(codec.encode(value))).toEqual(value);
    });
  });
});

function law<Value>(
  arbitrary: fc.Arbitrary<Value>,
  holds: (value: Value) => void,
  runs = 400,
): void {
  const numRuns = fc.readConfigureGlobal().numRuns ?? runs;
  fc.assert(fc.property(arbitrary, holds), { numRuns });
}

function form(): fc.Arbitrary<number> {
  return fc.constantFrom(0, 1);
}

/** A token and the length behind it, in as many bytes as the token has for it. */
function claimed([token, width]: readonly [number, number], length: number): number[] {
  const bytes = [24, 16, 8, 0].map((shift) => (length >>> shift) & 0xff);
  // The highest byte that fits: a short one lies as well as it can.
  return [token, ...(width === 4 ? bytes : Array<number>(width).fill(0xff))];
}

/** An array that holds the unit as often as 64 KiB allow, if the unit is a value. */
function manyTimes(first: number, unit: Iterable<number>): Uint8Array {
  const one = [...unit];
  const times = Math.floor(65_536 / one.length);
  const count = times + first;
  const header = [first, 0xdd, 0, (count >>> 16) & 0xff, (count >>> 8) & 0xff, count & 0xff];
  const bytes = new Uint8Array(header.length + first + times * one.length);
  bytes.set(first === 1 ? [...header, 3] : header);
  for (let at = 0; at < times; at++) bytes.set(one, header.length + first + at * one.length);
  return bytes;
}

/** How much more is held after `run` than before; less than nothing when garbage went. */
function cost(run: () => void): number {
  const held = (): number => memoryUsage().heapUsed + memoryUsage().external;
  const before = held();
  run();
  return held() - before;
}

function readMaybe(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: codec.decode(bytes) };
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(MessageSerializationError);
    return undefined;
  }
}

/** A pattern that is sent with this source, which no engine may take. */
function patternNamed(source: string): RegExp {
  const pattern = /x/;
  Object.defineProperty(pattern, 'source', { value: source });
  return pattern;
}

function depthOf(value: unknown): number {
  let depth = 0;
  for (let at = value; typeof at === 'object' && at !== null; at = inside(at)) depth += 1;
  return depth;
}

function inside(value: object): unknown {
  if (value instanceof Map) return [...value.values()][0] ?? [...value.keys()][0];
  if (value instanceof Set) return [...value][0];
  if (value instanceof Error) return value.cause;
  return Object.values(value)[0];
}

const NESTS: readonly ((inner: unknown) => unknown)[] = [
  (inner) => [inner],
  (inner) => ({ inner }),
  (inner) => Object.assign(Object.create(null) as object, { inner }),
  (inner) => new Map([['inner', inner]]),
  (inner) => new Set([inner]),
  (inner) => new Error('outer', { cause: inner }),
];

const Refused = MessageSerializationError;
// The tokens that a length follows, and how wide it is.
const LENGTHS: readonly (readonly [number, number])[] = [
  [0xc4, 1],
  [0xc5, 2],
  [0xc6, 4],
  [0xc7, 1],
  [0xc9, 4],
  [0xd9, 1],
  [0xda, 2],
  [0xdb, 4],
  [0xdc, 2],
  [0xdd, 4],
  [0xde, 2],
  [0xdf, 4],
];
// Whatever is small as bytes and large as a value: empty containers of every kind.
const UNITS: readonly (readonly number[])[] = [
  [0x90],
  [0x80],
  [0x81, 0xa0, 0x80],
  [0x91, 1],
  [0x91, 2],
  [0x91, 3],
  [0x91, 4],
  [0x91, 5],
  [0x92, 6, 0],
  [0x93, 7, 0xa1, 0x61, 0xa0],
  [0x93, 8, 1, 0xc4, 0],
  [0x93, 8, 2, 0xc4, 0],
  [0x97, 9, 0, 0xc0, 0xc0, 0xa0, 0x91, 14, 0x91, 14],
  [0x92, 11, 0xc4, 0],
];
// Node's smallest object takes tens of bytes; the graph form stands beside the value meanwhile.
const COST_BY_BYTE = 256;
