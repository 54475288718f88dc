import { describe, expect, it } from 'vitest';
import { story, type StoryStep } from '../testing/story.js';
import { Settling } from './settling.js';

const nodeIds = ['a', 'b', 'c'];
const started: StoryStep[] = [
  [1, 0, 'node_up', { nodeId: 'b' }],
  [1, 2, 'node_up', { nodeId: 'b' }],
  [2, 0, 'child_start', { childId: 'x' }],
  [3, 0, 'child_started', { childId: 'x', nodeId: 'b' }],
  [3, 0, 'supervising'],
];

function settlingAfter(...steps: readonly StoryStep[]): Settling {
  const settling = new Settling(nodeIds);
  for (const fact of story(...steps)) settling.observe(fact);
  return settling;
}

describe('a cluster', () => {
  it('has settled when its supervisor has all children and every crash is noticed', () => {
    expect(settlingAfter(...started.slice(0, 4)).settledUs).toBeUndefined();
    expect(settlingAfter(...started).settledUs).toBe(3000);
    const crash: StoryStep[] = [...started, [10, 1, 'world_crash']];
    expect(settlingAfter(...crash).settledUs).toBeUndefined();
    const first: StoryStep[] = [...crash, [12, 0, 'node_down', { nodeId: 'b' }]];
    expect(settlingAfter(...first).settledUs).toBeUndefined();
    expect(settlingAfter(...first, [15, 2, 'node_down', { nodeId: 'b' }]).settledUs).toBe(15_000);
  });

  it.each(['child_start', 'child_stop', 'child_held'])('moves from %s on', (kind) => {
    expect(settlingAfter(...started, [5, 0, kind, { childId: 'x' }]).settledUs).toBeUndefined();
  });

  it('asks no more of nodes that are gone', () => {
    const crashes: StoryStep[] = [
      [10, 1, 'world_crash'],
      [11, 0, 'node_down', { nodeId: 'b' }],
      [12, 2, 'world_failed'],
    ];
    expect(settlingAfter(...started, ...crashes).settledUs).toBe(12_000);
  });

  it('had its time although a child waits for a node that may take it', () => {
    const settling = settlingAfter(...started, [10, 0, 'child_held', { childId: 'x' }]);
    expect(settling.hadTime(2_000_000, 1_000_000, 6_000_000)).toBe(true);
    expect(settling.settledUs).toBeUndefined();
  });

  it('had its time when nothing moves any more, even if a crash was never noticed', () => {
    const settling = settlingAfter(...started, [10, 1, 'world_crash']);
    expect(settling.hadTime(4_000_000, 1_000_000, 6_000_000)).toBe(false);
    expect(settling.hadTime(7_000_000, 1_000_000, 6_000_000)).toBe(true);
  });
});
