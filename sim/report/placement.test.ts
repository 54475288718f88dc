import { describe, expect, it } from 'vitest';
import { story } from '../testing/story.js';
import { placementAfter, placementBefore } from './placement.js';

const child = (childId: string, nodeId: string) => ({ childId, nodeId });
const start = story(
  [1, 0, 'child_started', child('x', 'b')],
  [2, 0, 'child_started', child('y', 'c')],
  [3, 0, 'supervising', { children: [child('x', 'b'), child('y', 'c')] }],
  [9, 0, 'child_started', child('x', 'a')],
);

describe('the placement of children', () => {
  it('before the kills is what the supervisor had when it was complete', () => {
    expect(placementBefore(start)).toEqual([
      { id: 'x', nodeId: 'b' },
      { id: 'y', nodeId: 'c' },
    ]);
    expect(placementBefore(start.slice(0, 2))).toEqual([]);
  });

  it('after them is what the supervisor says, with the incarnations that it has seen', () => {
    const end = story([20, 0, 'final_table', { children: [child('x', 'a'), child('y', 'c')] }]);
    expect(placementAfter([...start, ...end])).toEqual([
      { id: 'x', nodeId: 'a', incarnation: 2 },
      { id: 'y', nodeId: 'c', incarnation: 1 },
    ]);
  });

  it('is taken from the starts when the run ended before the supervisor said anything', () => {
    expect(placementAfter(start).map(({ nodeId }) => nodeId)).toEqual(['a', 'c']);
  });
});
