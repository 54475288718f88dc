import { describe, expect, it } from 'vitest';
import type { LifecycleFact, RestartWord, StrategyWord } from './fact.js';
import { RestingChildrenChecker } from './resting-children.js';
import { ended, judge, type Line, lost, step, SUPERVISOR, up, world } from './testing/story.js';

function family(restart: RestartWord, strategy: StrategyWord = 'one_for_one'): Line[] {
  const children = [
    { childId: 'a', nodeId: 'node1@h:1', restart },
    { childId: 'b', nodeId: 'node1@h:1' },
  ];
  const restartIntensity = { maxRestarts: 3, withinMs: 1000 };
  const fact = { supervisorId: SUPERVISOR, strategy, restartIntensity, children };
  return [...up(0, 'a', 1), ...up(0, 'b', 2), [0, 0, { kind: 'supervising', ...fact }]];
}

function lifecycle(atMs: number, type: LifecycleFact['type']): Line {
  return [atMs, 0, { kind: 'lifecycle', type, supervisorId: SUPERVISOR, childId: 'a' }];
}

const again = lifecycle(20, 'child_restarted');

function brokenBy(lines: readonly Line[], endedMs?: number): string | undefined {
  return judge(new RestingChildrenChecker(), lines, endedMs)?.message;
}

describe('S4', () => {
  it('finds a child that is restarted although it had come to rest', () => {
    const restarted = (restart: RestartWord, reason: string) =>
      brokenBy([...family(restart), ended(10, 'a', reason), again]);
    expect(restarted('temporary', 'error: boom')).toMatch(/a was restarted after it ended, as a/);
    expect(restarted('transient', 'normal')).toMatch(/a was restarted after it ended: normal/);
    expect(restarted('transient', 'error: boom')).toBeUndefined();
    expect(restarted('permanent', 'normal')).toBeUndefined();
    expect(brokenBy([...family('temporary'), lost(10, ['a']), again])).toMatch(/it was lost/);
  });

  it('lets somebody ask for a child, and a sibling take a transient one along', () => {
    const asked = [ended(10, 'a', 'normal'), lifecycle(15, 'child_started'), again];
    expect(brokenBy([...family('temporary'), ...asked])).toBeUndefined();
    const along = [ended(10, 'a', 'normal'), ended(15, 'b'), again];
    expect(brokenBy([...family('transient', 'one_for_all'), ...along])).toBeUndefined();
    expect(brokenBy([...family('temporary', 'one_for_all'), ...along])).toMatch(/was restarted/);
  });

  it('finds a child that overruns its shutdown and lives on', () => {
    const stop = step(100, 'child_stop', 'b');
    const checker = new RestingChildrenChecker();
    expect(judge(checker, [...family('permanent'), stop, ended(5000, 'b', 'killed')])).toBe(
      undefined,
    );
    expect(checker.checks).toBe(1);
    expect(brokenBy([...family('permanent'), stop])).toMatch(/b was told to stop at 100 ms/);
    expect(brokenBy([...family('permanent'), stop], 6000)).toBeUndefined();
  });

  it('gives a child more time whose supervisor stood still', () => {
    const stop = step(100, 'child_stop', 'b');
    const pause = world(50, 0, 'pause', { id: 'p', forMs: 5000 });
    expect(brokenBy([...family('permanent'), pause, stop])).toBeUndefined();
  });
});
