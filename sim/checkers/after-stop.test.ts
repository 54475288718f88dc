import { describe, expect, it } from 'vitest';
import { AfterStopChecker } from './after-stop.js';
import { judge } from './testing/story.js';

describe('S11', () => {
  it('takes a node that holds nothing, and is excused when none had left', () => {
    const checker = new AfterStopChecker();
    expect(checker.excuse).toBe('no node had left');
    const left = { processes: 0, timers: 0 };
    expect(judge(checker, [[1, 1, { kind: 'after_stop', left }]])).toBeUndefined();
    expect([checker.checks, checker.excuse]).toEqual([1, undefined]);
  });

  it('finds whatever is left', () => {
    const left = { processes: 0, timers: 2, links: 1 };
    const { message } = judge(new AfterStopChecker(), [[1, 1, { kind: 'after_stop', left }]]) ?? {};
    expect(message).toMatch(/node 2 still had timers 2, links 1/);
  });
});
