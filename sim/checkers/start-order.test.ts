import { describe, expect, it } from 'vitest';
import { StartOrderChecker } from './start-order.js';
import {
  asked,
  ended,
  givingUp,
  judge,
  lost,
  type Line,
  step,
  supervising,
  up,
} from './testing/story.js';

const begin = (strategy: 'one_for_one' | 'one_for_all' | 'rest_for_one' = 'rest_for_one') =>
  supervising(0, strategy, ['a', 'b', 'c']);

function brokenBy(...parts: readonly (readonly Line[])[]): string | undefined {
  return judge(new StartOrderChecker(), parts.flat())?.message;
}

describe('S2', () => {
  it('lets the rest stop in reverse and start in order, one after another', () => {
    const checker = new StartOrderChecker();
    const stops = [step(100, 'child_stop', 'c'), ended(101, 'c', 'shutdown')];
    const log = [...begin(), ended(100, 'b'), ...stops, ...up(101, 'b', 4), ...up(102, 'c', 5)];
    expect(judge(checker, log)).toBeUndefined();
    expect(checker.checks).toBeGreaterThan(2);
  });

  it('finds a rest that was left running, or stopped in start order', () => {
    expect(brokenBy(begin(), [ended(100, 'b')], up(100, 'b', 4))).toMatch(/while c after it/);
    expect(brokenBy(begin(), [ended(100, 'a'), step(100, 'child_stop', 'b')])).toMatch(
      /b was stopped before c/,
    );
    const both = [step(100, 'child_stop', 'c'), step(100, 'child_stop', 'b')];
    expect(brokenBy(begin(), [ended(100, 'a')], both)).toMatch(/before c had ended/);
  });

  it('finds a child that was stopped out of reach', () => {
    expect(brokenBy(begin(), [ended(100, 'c'), step(100, 'child_stop', 'b')])).toMatch(
      /no failure under rest_for_one reached it/,
    );
    expect(
      brokenBy(begin('one_for_one'), [lost(100, ['a']), step(100, 'child_stop', 'c')]),
    ).toMatch(/no failure/);
  });

  it('finds a start that does not wait for the one before', () => {
    expect(brokenBy([asked(0, 'a', 1), asked(0, 'b', 2)])).toMatch(/before a was acknowledged/);
    const broken = [lost(100, ['a', 'b', 'c']), asked(100, 'a', 4), asked(101, 'b', 5)];
    expect(brokenBy(begin(), broken)).toMatch(/before a was acknowledged/);
    expect(brokenBy(begin(), [lost(100, ['a', 'b', 'c']), asked(100, 'b', 4)])).toMatch(
      /while a was down/,
    );
  });

  it('finds two starts of one child side by side, and lets two children restart so', () => {
    const both = [lost(100, ['a', 'b']), asked(100, 'a', 4), asked(100, 'b', 5)];
    expect(brokenBy(begin('one_for_one'), both)).toBeUndefined();
    expect(brokenBy(begin('one_for_one'), both, [asked(101, 'a', 6)])).toMatch(
      /another incarnation of it was asked/,
    );
  });

  it('finds children that were not started as they are listed', () => {
    const swapped = [...up(0, 'b', 1), ...up(0, 'a', 2), ...up(0, 'c', 3)];
    expect(brokenBy(swapped, begin().slice(-1))).toMatch(/were started as b, a, c/);
  });

  it('lets everything stop, in reverse, when the supervisor gives up', () => {
    const stops = [step(100, 'child_stop', 'c'), ended(101, 'c'), step(101, 'child_stop', 'b')];
    expect(brokenBy(begin('one_for_one'), [ended(100, 'a'), givingUp(100, 'a')], stops)).toBe(
      undefined,
    );
  });
});
