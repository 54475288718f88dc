import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KillOptions, killScenario } from './kill.js';

const options: fc.Arbitrary<KillOptions> = fc
  .record({
    nodes: fc.integer({ min: 1, max: 12 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    children: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
    durationMs: fc.option(fc.integer({ min: 1000, max: 12_000 }), { nil: undefined, freq: 20 }),
  })
  .map(({ nodes, share, ...rest }) => ({
    ...rest,
    nodes,
    kill: Math.round(share * (nodes - 1)),
    strategy: 'one_for_one',
    selector: 'round_robin',
  }));

describe('the kills of a scenario', () => {
  it('hit as many distinct nodes as asked, never the first, in the first half of the run', () => {
    fc.assert(
      fc.property(options, fc.maxSafeInteger(), (chosen, seed) => {
        const { kills, times, plan } = killScenario(chosen, seed);
        const nodes = kills.map(({ node }) => node);
        expect(new Set(nodes).size).toBe(chosen.kill);
        expect(nodes).not.toContain(0);
        for (const { atMs } of kills) {
          expect(atMs).toBeGreaterThan(0);
          expect(atMs).toBeLessThanOrEqual(times.durationMs / 2);
        }
        expect(plan.faults).toHaveLength(chosen.kill);
      }),
    );
  });

  it('follow from the seed', () => {
    fc.assert(
      fc.property(options, fc.maxSafeInteger(), (chosen, seed) => {
        const [one, same] = [killScenario(chosen, seed), killScenario(chosen, seed)];
        expect(JSON.stringify(one)).toBe(JSON.stringify(same));
      }),
    );
  });

  it('come together in some seeds and far apart in others, and die in both ways', () => {
    const chosen: KillOptions = {
      nodes: 5,
      kill: 2,
      strategy: 'one_for_one',
      selector: 'round_robin',
    };
    const drawn = Array.from({ length: 40 }, (_, seed) => killScenario(chosen, seed).kills);
    const gapsMs = drawn.map((kills) => kills[1]!.atMs - kills[0]!.atMs);
    expect(Math.min(...gapsMs)).toBeLessThanOrEqual(10);
    expect(Math.max(...gapsMs)).toBeGreaterThan(4000);
    expect(new Set(drawn.flat().map(({ mode }) => mode)).size).toBe(2);
    expect(new Set(drawn.flat().map(({ node }) => node))).toEqual(new Set([1, 2, 3, 4]));
  });
});

describe('the load of a scenario', () => {
  it('leaves room for calls to end, and asks every node for its last word', () => {
    fc.assert(
      fc.property(options, fc.maxSafeInteger(), (chosen, seed) => {
        const { plan, times } = killScenario(chosen, seed);
        const finals = plan.operations.filter(({ atMs }) => atMs === times.finalMs);
        expect(finals.map(({ node }) => node)).toEqual(finals.map((_, node) => node));
        expect(finals).toHaveLength(chosen.nodes);
        const timesMs = plan.operations.map(({ atMs }) => atMs).sort((one, two) => one - two);
        expect(timesMs.at(-1)).toBe(times.finalMs);
        expect(timesMs[0]).toBeGreaterThanOrEqual(times.operationsFromMs);
        expect(times.finalMs).toBeLessThan(times.durationMs);
      }),
    );
  });

  it('numbers its messages apart', () => {
    const chosen: KillOptions = {
      nodes: 3,
      kill: 1,
      strategy: 'one_for_all',
      selector: 'random',
    };
    const ops = killScenario(chosen, 1).plan.operations.flatMap(({ operation }) => {
      const { op } = operation as { op?: number };
      return op === undefined ? [] : [op];
    });
    expect(ops.length).toBeGreaterThan(1000);
    expect(new Set(ops).size).toBe(ops.length);
  });
});
