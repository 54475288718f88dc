import { describe, expect, it } from 'vitest';
import { story, type StoryStep } from '../testing/story.js';
import { Timeline, timelineOf } from './timeline.js';

const nodeIds = ['a@h:1', 'b@h:2', 'c@h:3'];
const up: StoryStep[] = [
  [1, 0, 'node_up', { nodeId: 'b@h:2' }],
  [1, 2, 'node_up', { nodeId: 'b@h:2' }],
  [2, 0, 'lifecycle', { type: 'child_started', childId: 'x', nodeId: 'b@h:2' }],
  [2, 0, 'supervising'],
];
const failover: StoryStep[] = [
  [10, 1, 'world_crash', { detail: { mode: 'silent' } }],
  [13, 0, 'node_down', { nodeId: 'b@h:2', reason: 'heartbeat_timeout' }],
  [13, 0, 'children_lost', { nodeId: 'b@h:2', childIds: ['x'] }],
  [13, 0, 'child_start', { childId: 'x' }],
  [14, 2, 'node_down', { nodeId: 'b@h:2', reason: 'heartbeat_timeout' }],
  [15, 0, 'child_started', { childId: 'x' }],
  [15, 0, 'lifecycle', { type: 'child_restarted', childId: 'x', nodeId: 'c@h:3' }],
];

describe('a timeline', () => {
  it('tells a failover from the crash to the moment when everything is calm again', () => {
    const lines = timelineOf(story(...up, ...failover), nodeIds, 99_000);
    expect(lines.map(({ atUs, what, text }) => `${atUs / 1000} ${what}: ${text}`)).toEqual([
      '2 started: 1 child on 1 node, supervised by a',
      '10 crash: b falls silent; it ran x',
      '13 down: b is given up first by a after 3.0 ms: heartbeat timeout',
      '13 lost: x with b, one charge',
      '14 down: b is given up by all 2, last by c after 4.0 ms',
      '15 migrated: x b -> c, 5.0 ms after the crash',
      '15 converged: 1 child on 1 node, 5.0 ms after the last crash',
    ]);
  });

  it('says that the cluster converged only when the time has gone on', () => {
    const timeline = new Timeline(nodeIds);
    for (const fact of story(...up, ...failover)) timeline.observe(fact);
    expect(timeline.reached(15_000)).toEqual([]);
    expect(timeline.reached(15_001).map(({ what }) => what)).toEqual(['converged']);
    expect(timeline.reached(16_000)).toEqual([]);
  });

  it('says how many lines about children it left out', () => {
    const restarts = Array.from({ length: 25 }, (_, n): StoryStep => {
      const fields = { type: 'child_restarted', childId: `x${n}`, nodeId: 'a@h:1' };
      return [20, 0, 'lifecycle', fields];
    });
    const lines = timelineOf(story(...restarts, [21, 0, 'supervisor_ended']), nodeIds, 99_000);
    expect(lines).toHaveLength(22);
    expect(lines[20]?.text).toBe('and 5 more such lines about children');
  });
});
