import { describe, expect, it } from 'vitest';
import { PendingCallsChecker } from './pending-calls.js';
import { SUPERVISOR, judge, type Line, nodeId, spawned, world } from './testing/story.js';

const called: Line = [1, 1, { kind: 'call', callId: 1, to: { id: 'x' } }];
const over: Line = [5, 1, { kind: 'call_ended', callId: 1, outcome: 'reply' }];

function brokenBy(lines: readonly Line[], endedMs = 30_000): string | undefined {
  return judge(new PendingCallsChecker(), [...spawned(2), ...lines], endedMs)?.message;
}

describe('L7', () => {
  it('takes a call that ended', () => {
    const checker = new PendingCallsChecker();
    expect(judge(checker, [...spawned(2), called, over])).toBeUndefined();
    expect(checker.checks).toBe(1);
  });

  it('finds a call that never ended', () => {
    expect(brokenBy([called])).toMatch(/call 1 of node 2 to x at 1 ms never ended/);
    expect(brokenBy([called], 5000)).toBeUndefined();
  });

  it('excuses what a crashed node still waited for', () => {
    expect(brokenBy([called, world(5, 1, 'crash')])).toBeUndefined();
  });

  it('excuses what waits with a child whose supervisor lacks votes, and nothing else', () => {
    const fence = { childId: 'a', term: 1, ownerId: SUPERVISOR, ownerNode: nodeId(0), sequence: 1 };
    const started = { ...fence, ownerIncarnation: '1', processId: 'x' };
    const takeover = { votesNeeded: 2, voters: [nodeId(0), nodeId(1), nodeId(2)] };
    const supervisorId = SUPERVISOR;
    const told = { supervisorId, strategy: 'one_for_one', children: [], takeover } as const;
    const begin: Line[] = [
      ...spawned(3),
      [0, 0, { ...told, kind: 'supervising', restartIntensity: { maxRestarts: 3, withinMs: 5 } }],
      [0, 0, { ...started, kind: 'fenced_started' }],
      [1, 0, { kind: 'children_held', supervisorId }],
      [2, 0, { kind: 'call', callId: 1, to: { id: 'x' } }],
    ];
    const alone = [world(3, 1, 'crash'), world(3, 2, 'crash')];
    expect(judge(new PendingCallsChecker(), [...begin, ...alone], 30_000)).toBeUndefined();
    expect(brokenBy(begin)).toMatch(/call 1 of node 1 to x/);
    const resumed: Line = [4, 0, { kind: 'children_resumed', supervisorId }];
    expect(brokenBy([...begin, ...alone, resumed])).toMatch(/call 1 of node 1 to x/);
  });
});
