import { describe, expect, it } from 'vitest';
import type { Observed } from '../world-report.js';
import { Connectivity, MET_AFTER_US } from './connectivity.js';
import { type Line, NETWORK, spawned, world } from './testing/story.js';

function after(...lines: readonly Line[]): Connectivity {
  const connectivity = new Connectivity();
  for (const [atMs, node, observation, incarnation = 1] of [...spawned(3), ...lines]) {
    const atUs = atMs * 1000;
    connectivity.observe({ event: 0, atUs, node, incarnation, observation } as unknown as Observed);
  }
  return connectivity;
}

describe('connectivity', () => {
  it.each([
    ['partition', { groups: [[0], [1, 2]] }],
    ['one-way', { from: [0], to: [1] }],
    ['cut', { pairs: [[1, 0]] }],
    ['frame-loss', { frames: ['heartbeat'], probability: 0.5, from: [1] }],
    ['latency', { delay: { kind: 'constant', ms: 9 }, to: [0] }],
    ['clog', { from: 1, to: 0 }],
    ['flap', { between: [0, 1], way: 'down' }],
    ['datagram', { drop: 0.1, from: [0], to: [1] }],
  ])('holds two nodes apart under a %s until it is healed', (kind, what) => {
    const cut = world(1, NETWORK, kind, { id: 'f', ...what });
    const heal = world(50, NETWORK, 'heal', { id: 'f', kind });
    expect(after(cut).reachableSinceUs(0, 1)).toBeUndefined();
    expect(after(cut).isSettled(MET_AFTER_US)).toBe(false);
    expect(after(cut, heal).reachableSinceUs(1, 0)).toBe(50_000);
    expect(after(cut, heal).isSettled(50_000 + MET_AFTER_US)).toBe(true);
  });

  it.each(['pause', 'slow'])('holds one node back under a %s', (kind) => {
    const begin = world(1, 1, kind, { id: 'f', forMs: 50 });
    expect(after(begin).pathSinceUs(1, 1)).toBeUndefined();
    expect(after(begin).reachableSinceUs(0, 2)).toBe(0);
    // Its end may not be told: the node may be gone by then.
    const later = world(60, NETWORK, 'heal', { id: 'other' });
    expect(after(begin, later).reachableSinceUs(0, 1)).toBe(51_000);
  });

  it('keeps those outside the core apart for good', () => {
    const healed = world(10, NETWORK, 'healed', { core: [0, 1] });
    const outside = world(10, NETWORK, 'partition', { id: 'o', groups: [[0, 1], [2]] });
    const connectivity = after(outside, healed);
    expect(connectivity.living()).toEqual([0, 1]);
    expect(connectivity.reachableSinceUs(0, 2)).toBeUndefined();
    expect(connectivity.reachableSinceUs(0, 1)).toBe(0);
    expect(connectivity.isSettled(10_000 + MET_AFTER_US)).toBe(true);
  });

  it('counts a node that leaves as gone', () => {
    expect(after(world(10, 2, 'leave', { id: 'l' })).living()).toEqual([0, 1]);
  });

  it('trusts links unless frames other than heartbeats go missing', () => {
    const loss = (...frames: string[]) => world(1, NETWORK, 'frame-loss', { id: 'f', frames });
    expect(after(loss('heartbeat')).isFaithful).toBe(true);
    expect(after(loss('heartbeat', 'down')).isFaithful).toBe(false);
  });
});
