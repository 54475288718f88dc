import { describe, expect, it } from 'vitest';
import { FinalCallsChecker } from './final-calls.js';
import { ended, judge, type Line, over, step, supervising } from './testing/story.js';

const begin = supervising(0, 'one_for_one', ['a', 'b']);
const last: Line = [5000, 1, { kind: 'final_members', members: [] }];
const called = (child: string, outcome = 'reply'): Line => {
  return [5001, 1, { kind: 'final_call', child, outcome }];
};

function brokenBy(lines: readonly Line[], endedMs?: number): string | undefined {
  return judge(new FinalCallsChecker(), lines, endedMs)?.message;
}

describe('L8', () => {
  it('takes a reply from every child', () => {
    const checker = new FinalCallsChecker();
    expect(judge(checker, [...begin, last, called('a'), called('b')])).toBeUndefined();
    expect(checker.checks).toBe(2);
  });

  it('finds a call that failed, and one that never came back', () => {
    expect(brokenBy([...begin, last, called('a'), called('b', 'no name')])).toMatch(
      /called b and got no name/,
    );
    expect(brokenBy([...begin, last, called('a')])).toMatch(/called b and got nothing at all/);
    expect(brokenBy([...begin, last, called('a')], 6000)).toBeUndefined();
  });

  it('asks nothing of a supervisor that has ended, or of a child without a node', () => {
    const held = [...begin, ended(10, 'b'), step(10, 'child_held', 'b'), last, called('a')];
    expect(brokenBy(held)).toBeUndefined();
    expect(brokenBy([...begin, over(10, 'max_restarts'), last])).toBeUndefined();
  });
});
