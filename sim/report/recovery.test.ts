import { describe, expect, it } from 'vitest';
import { story } from '../testing/story.js';
import { percentile, recoveriesOf, recoveryTimes } from './recovery.js';

const nodeIds = ['a@h:1', 'b@h:2', 'c@h:3'];
const started = (childId: string, nodeId: string) => ({ childId, nodeId });

describe('a recovery', () => {
  it('takes from the crash of the node to the start of the next incarnation', () => {
    const observed = story(
      [1, 0, 'child_started', started('x', 'b@h:2')],
      [1, 0, 'child_started', started('y', 'c@h:3')],
      [10, 1, 'world_crash'],
      [17, 0, 'child_started', started('x', 'a@h:1')],
    );
    expect(recoveriesOf(observed, nodeIds)).toEqual([
      { childId: 'x', fromNode: 'b@h:2', toNode: 'a@h:1', crashedUs: 10_000, startedUs: 17_000 },
    ]);
  });

  it('counts from the first crash when the child is lost again before it is back', () => {
    const observed = story(
      [1, 0, 'child_started', started('x', 'b@h:2')],
      [10, 1, 'world_crash'],
      [12, 2, 'world_crash'],
      [13, 0, 'child_started', started('x', 'c@h:3')],
      [30, 0, 'child_started', started('x', 'a@h:1')],
    );
    expect(recoveriesOf(observed, nodeIds)).toMatchObject([
      { fromNode: 'b@h:2', crashedUs: 10_000, startedUs: 30_000 },
    ]);
  });

  it('is none for a child that its supervisor had stopped, or that never returns', () => {
    const observed = story(
      [1, 0, 'child_started', started('x', 'b@h:2')],
      [1, 0, 'child_started', started('y', 'b@h:2')],
      [5, 0, 'child_stop', { childId: 'x' }],
      [10, 1, 'world_crash'],
      [12, 0, 'child_started', started('x', 'a@h:1')],
    );
    expect(recoveriesOf(observed, nodeIds)).toEqual([]);
  });
});

describe('recovery times', () => {
  it('are values that were measured, and null when nothing was', () => {
    const sorted = [1, 2, 3, 4];
    expect([0.5, 0.99, 0].map((share) => percentile(sorted, share))).toEqual([2, 4, 1]);
    expect(recoveryTimes([])).toEqual({ p50Ms: null, p99Ms: null });
  });
});
