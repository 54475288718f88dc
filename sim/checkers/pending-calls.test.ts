import { describe, expect, it } from 'vitest';
import { PendingCallsChecker } from './pending-calls.js';
import { judge, type Line, spawned, world } from './testing/story.js';

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
});
