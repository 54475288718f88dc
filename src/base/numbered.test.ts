import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Numbered } from './numbered.js';

describe('values under numbers', () => {
  it('are what a map would hold, whatever is put in and taken out', () => {
    const id = fc.oneof(
      fc.nat(40),
      fc.nat(2000),
      fc.nat().map((n) => n + 2 ** 40),
    );
    const move = fc.record({ id, kind: fc.constantFrom('set', 'set', 'delete', 'get') });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 300 }), (moves) => {
        const [numbered, map] = [new Numbered<string>(), new Map<number, string>()];
        for (const [step, { id, kind }] of moves.entries()) {
          if (kind === 'set') {
            numbered.set(id, `${step}`);
            map.set(id, `${step}`);
          } else if (kind === 'delete') {
            expect(numbered.delete(id)).toBe(map.delete(id));
          } else {
            expect(numbered.get(id)).toBe(map.get(id));
          }
          expect(numbered.size).toBe(map.size);
        }
        expect(numbered.entries()).toEqual([...map].sort(([left], [right]) => left - right));
      }),
    );
  });

  it('may be many at a time, and leave in the order they came', () => {
    const numbered = new Numbered<number>();
    let [found, taken] = [0, 0];
    for (let id = 1; id <= 20_000; id++) numbered.set(id, -id);
    expect(numbered.size).toBe(20_000);
    for (let id = 1; id <= 20_000; id++) {
      found += numbered.get(id) === -id ? 1 : 0;
      taken += numbered.delete(id) && !numbered.delete(id) ? 1 : 0;
    }
    expect([found, taken, numbered.size]).toEqual([20_000, 20_000, 0]);
    expect(numbered.entries()).toEqual([]);
  });

  it('may stay while thousands come and go', () => {
    const numbered = new Numbered<string>();
    numbered.set(1, 'slow');
    for (let id = 2; id < 10_000; id++) {
      numbered.set(id, 'quick');
      numbered.delete(id);
    }
    expect(numbered.entries()).toEqual([[1, 'slow']]);
  });
});
