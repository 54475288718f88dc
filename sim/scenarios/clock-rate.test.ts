import { describe, expect, it } from 'vitest';
import { clockRate, partition } from '../faults/verbs.js';
import { staged } from '../planted/stage.js';
import { type SimReport, simulate } from '../simulate.js';

/**
 * The host of some exclusive children is cut off from their supervisor: its clock is slow, and that
 * of the supervisor, which waits for the host's lease to be over, is fast.
 */
function run(ratePpm: number): Promise<SimReport> {
  const options = staged({
    takeover: 'majority',
    exclusive: true,
    faults: [
      clockRate(0, ratePpm, { atMs: 1 }),
      clockRate(2, -ratePpm, { atMs: 1 }),
      partition([[0, 1], [2]], { atMs: 3000, forMs: 20_000 }),
    ],
    durationMs: 45_000,
  });
  return simulate({ ...options, checkers: ['S3x', 'L1', 'L8'], lane: 'inproc', seed: 3 });
}

describe('clocks that run at different rates', () => {
  it('never let two incarnations act while they are within the bound', async () => {
    const { violation, checked, observed } = await run(10_000);
    expect(violation).toBeUndefined();
    expect(checked.find(({ id }) => id === 'S3x')?.checks).toBeGreaterThan(100);
    const again = observed.filter(({ atUs, observation }) => {
      return observation.kind === 'child_start' && atUs > 3e6 && atUs < 23e6;
    });
    // Two children were on the node that is cut off, and go on elsewhere before it is back.
    expect(again).toHaveLength(2);
  });

  it('are seen to let two act when they are far beyond it', async () => {
    const { violation } = await run(300_000);
    expect(violation).toMatchObject({ checker: 'S3x' });
    expect(violation?.message).toMatch(
      /counter-\d may act on node \d until .+ and on node \d until/,
    );
  });
});
