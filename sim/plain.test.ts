import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonical } from './plain.js';

it('spells plain data as JSON does, with its keys in code unit order', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (data) => {
      expect(canonical(data)).toBe(spelt(data));
    }),
  );
});

it('spells out what JSON cannot: bigints, bytes, undefined and numbers that are none', () => {
  const data = {
    z: 12n,
    b: new Uint8Array([1, 255]),
    a: [undefined, NaN, -Infinity, -0],
    'ü"': '\n',
  };
  expect(canonical(data)).toBe('{"a":[undefined,NaN,-Infinity,0],"b":0x01ff,"z":12n,"ü\\"":"\\n"}');
});

it('puts the keys of a large record in the same order as those of a small one', () => {
  const keys = Array.from({ length: 40 }, (_, n) => `k${(n * 7) % 40}`);
  const large = Object.fromEntries(keys.map((key) => [key, 1]));
  expect(canonical(large)).toBe(spelt(large));
});

/** The slow way, which leaves all of it to the engine. */
function spelt(data: unknown): string {
  if (Array.isArray(data)) return `[${data.map(spelt).join(',')}]`;
  if (typeof data !== 'object' || data === null) return JSON.stringify(data);
  const fields = data as Readonly<Record<string, unknown>>;
  const parts = Object.keys(fields)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${spelt(fields[key])}`);
  return `{${parts.join(',')}}`;
}
