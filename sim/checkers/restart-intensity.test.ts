import { describe, expect, it } from 'vitest';
import { RestartIntensityChecker } from './restart-intensity.js';
import { ended, givingUp, judge, lost, over, step, supervising, up } from './testing/story.js';

const begin = (maxRestarts = 1) => supervising(0, 'one_for_one', ['a', 'b', 'c'], maxRestarts);

describe('S1', () => {
  it('counts causes, and lets a supervisor give up on the one too many', () => {
    const checker = new RestartIntensityChecker();
    const log = [
      ...begin(),
      ended(100, 'a'),
      ...up(100, 'a', 4),
      // More than a window later.
      ended(1101, 'a'),
      ...up(1101, 'a', 5),
      ended(1200, 'b'),
      givingUp(1200, 'b'),
      step(1200, 'child_stop', 'c'),
      ended(1201, 'c', 'shutdown'),
      step(1201, 'child_stop', 'a'),
      ended(1202, 'a', 'shutdown'),
      over(1202, 'max_restarts'),
    ];
    expect(judge(checker, log)).toBeUndefined();
    expect(checker.checks).toBe(4);
  });

  it('counts a restart exactly as old as the window, and the loss of a node once', () => {
    const log = [...begin(), lost(100, ['a', 'b']), ...up(100, 'a', 4), ...up(100, 'b', 5)];
    expect(judge(new RestartIntensityChecker(), log)).toBeUndefined();
    const more = [...log, ended(1100, 'c'), ...up(1100, 'c', 6)];
    expect(judge(new RestartIntensityChecker(), more)?.message).toMatch(/c was started after/);
  });

  it('counts a failed restart', () => {
    const log = [...begin(), ended(100, 'a'), ...up(100, 'a', 4).slice(0, 1)];
    const more = [...log, step(101, 'child_failed', 'a'), ...up(101, 'a', 5)];
    expect(judge(new RestartIntensityChecker(), more)?.message).toMatch(/a failed at 101 ms/);
  });

  it('finds a supervisor that gives up too early, twice, or while a child runs', () => {
    const early = [...begin(), lost(100, ['a', 'b']), over(101, 'max_restarts')];
    expect(judge(new RestartIntensityChecker(), early)?.message).toMatch(/gave up, 1 in 1000 ms/);
    const due = [...begin(0), ended(100, 'a'), givingUp(100, 'a')];
    const running = [...due, over(100, 'max_restarts')];
    expect(judge(new RestartIntensityChecker(), running)?.message).toMatch(/while b,c ran/);
    const twice = [...due, ended(101, 'c'), ended(101, 'b'), over(102, 'max_restarts')];
    expect(judge(new RestartIntensityChecker(), twice)).toBeUndefined();
    expect(
      judge(new RestartIntensityChecker(), [...twice, over(103, 'max_restarts')])?.message,
    ).toMatch(/ended twice/);
  });

  it('finds children that are stopped in start order at the end, and a missing end', () => {
    const due = [...begin(0), ended(100, 'a'), givingUp(100, 'a'), step(100, 'child_stop', 'b')];
    const order = [...due, ended(101, 'b', 'shutdown'), step(101, 'child_stop', 'c')];
    expect(judge(new RestartIntensityChecker(), order)?.message).toMatch(/c was stopped after/);
    expect(judge(new RestartIntensityChecker(), due, 20_000)?.message).toMatch(/never ended/);
  });

  it('charges nothing for a child that was on its way down for another one', () => {
    const group = supervising(0, 'one_for_all', ['a', 'b', 'c'], 1);
    const log = [...group, ended(100, 'a'), ended(100, 'c'), step(100, 'child_stop', 'b')];
    const all = [...up(101, 'a', 4), ...up(101, 'b', 5), ...up(101, 'c', 6)];
    expect(
      judge(new RestartIntensityChecker(), [...log, ended(101, 'b', 'shutdown'), ...all]),
    ).toBeUndefined();
  });
});
