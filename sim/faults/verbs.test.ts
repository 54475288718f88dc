import { describe, expect, it } from 'vitest';
import { after, bridge, crash, delay, halves, heartbeatLoss, isolate, swizzle } from './verbs.js';

const span = { atMs: 10, forMs: 20 };

describe('a verb', () => {
  it('gives its fault as plain data', () => {
    expect(crash(1, { atMs: 5, mode: 'silent' })).toEqual({
      ...{ kind: 'crash', node: 1, atMs: 5, mode: 'silent' },
    });
    expect(isolate(1, { ...span, nodes: 3 })).toEqual({
      ...{ kind: 'partition', groups: [[1], [0, 2]], ...span },
    });
    expect(halves(5, span).groups).toEqual([
      [0, 1],
      [2, 3, 4],
    ]);
    expect(bridge([0, 1], 2, [3], span).pairs).toEqual([
      [0, 3],
      [1, 3],
    ]);
    expect(delay(30, span).delay).toEqual({ kind: 'constant', ms: 30 });
    expect(crash(0, after('sent', { what: 'spawn', nth: 3 }))).toEqual({
      ...{ kind: 'crash', node: 0, after: { event: 'sent', what: 'spawn', nth: 3 } },
    });
  });

  it('says at once what is wrong with what it was given', () => {
    expect(() => crash(-1, span)).toThrow(/crash\(\.\.\.\)\.node/);
    expect(() => heartbeatLoss(2, span)).toThrow(/frame-loss\(\.\.\.\)\.probability .* got 2/);
    expect(() => bridge([0], 0, [1], span)).toThrow(/got node 0 in one/);
    expect(() => crash(0, {} as { atMs: number })).toThrow(/either atMs or after/);
  });
});

describe('a swizzle', () => {
  const links = [0, 1, 2].flatMap((from) =>
    [0, 1, 2].filter((to) => to !== from).map((to) => [from, to] as const),
  );
  const times = { atMs: 100, forMs: 1000 };

  it('clogs some links one by one and frees them one by one in another order', () => {
    const clogs = swizzle(links, { ...times, seed: 1 });
    const begins = clogs.map((fault) => ('atMs' in fault ? fault.atMs : NaN));
    const ends = clogs.map((fault, at) => (begins[at] as number) + fault.forMs);
    expect(clogs.length).toBeGreaterThan(1);
    expect(new Set(begins).size).toBe(clogs.length);
    expect(new Set(ends).size).toBe(clogs.length);
    expect(Math.min(...begins)).toBe(100);
    expect(Math.max(...begins)).toBeLessThan(600);
    expect(Math.min(...ends)).toBeGreaterThan(600);
    expect(Math.max(...ends)).toBeCloseTo(1100);
    const order = (atMs: readonly number[]): number[] =>
      [...atMs.keys()].sort((one, other) => (atMs[one] as number) - (atMs[other] as number));
    expect(order(begins)).not.toEqual(order(ends));
  });

  it('follows from its seed, and clogs one link at least', () => {
    for (let seed = 0; seed < 50; seed++) {
      const once = swizzle(links, { ...times, seed });
      expect(once).toEqual(swizzle(links, { ...times, seed }));
      expect(once.length).toBeGreaterThan(0);
    }
  });
});
