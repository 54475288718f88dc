import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NodeTime } from './node-time.js';

const worldUs = fc.integer({ min: 0, max: 1e11 });
const ratePpm = fc.integer({ min: -900_000, max: 9_000_000 });

describe('the time of a node', () => {
  it('is that of the world, to the last bit, while nothing is wrong', () => {
    fc.assert(
      fc.property(worldUs, worldUs, (bootUs, laterUs) => {
        const time = new NodeTime(bootUs);
        time.run(0, bootUs);
        expect(time.atMs(bootUs + laterUs)).toBe((bootUs + laterUs) / 1000);
      }),
    );
  });

  it('goes on from where it was when it begins to run wrong', () => {
    const time = new NodeTime(2_000_000);
    time.run(500_000, 3_000_000);
    expect([3_000_000, 4_000_000].map((us) => time.atMs(us))).toEqual([3000, 4500]);
    time.run(0, 4_000_000);
    expect(time.atMs(5_000_000)).toBe(5500);
    expect(time.ratePpm).toBe(0);
  });

  it('reaches a deadline at the first microsecond that is not before it', () => {
    fc.assert(
      fc.property(worldUs, ratePpm, fc.double({ min: 0, max: 1e5, noNaN: true }), (...given) => {
        const [nowUs, rate, forMs] = given;
        const time = new NodeTime(0);
        time.run(rate, nowUs);
        const dueMs = time.atMs(nowUs) + forMs;
        const atUs = time.reachedUs(dueMs);
        expect(time.atMs(atUs)).toBeGreaterThanOrEqual(dueMs);
        expect(time.atMs(atUs - 1)).toBeLessThan(dueMs);
      }),
    );
  });
});
