import { describe, expect, it } from 'vitest';
import { PermanentChildrenChecker } from './permanent-children.js';
import {
  asked,
  ended,
  hosted,
  judge,
  type Line,
  lost,
  over,
  processOf,
  step,
  supervising,
  up,
} from './testing/story.js';

const begin: Line[] = [
  ...supervising(0, 'one_for_one', ['a', 'b']),
  hosted(0, 0, 'fenced_started', 'a', 1),
  hosted(0, 1, 'fenced_started', 'b', 2),
];

function brokenBy(lines: readonly Line[], endedMs = 30_000): string | undefined {
  return judge(new PermanentChildrenChecker(), lines, endedMs)?.message;
}

describe('L1', () => {
  it('takes a supervisor whose children all live', () => {
    const checker = new PermanentChildrenChecker();
    const crash: Line = [100, 1, { kind: 'world_crash' }];
    const again = [lost(200, ['b']), ...up(200, 'b', 3), hosted(200, 2, 'fenced_started', 'b', 3)];
    expect(judge(checker, [...begin, crash, ...again], 30_000)).toBeUndefined();
    expect(checker.checks).toBe(4);
  });

  it('finds a child that was lost and forgotten, and one whose start never ended', () => {
    const crash: Line = [100, 1, { kind: 'world_crash' }];
    expect(brokenBy([...begin, crash])).toMatch(/b has 0 live incarnations: none/);
    const hanging = [...begin, crash, lost(200, ['b']), asked(200, 'b', 3)];
    expect(brokenBy(hanging)).toMatch(/b has 0 live incarnations/);
  });

  it('finds a child that lives twice, or other than its supervisor knows', () => {
    const twice = [...begin, hosted(9, 2, 'fenced_started', 'b', 9)];
    expect(brokenBy(twice)).toMatch(/b has 2 live incarnations/);
    const other = [...twice, hosted(10, 1, 'fenced_ended', 'b', 2)];
    expect(brokenBy(other)).toMatch(/b lives as genserver_b_9, not as genserver_b_2/);
  });

  it('finds what lives after its supervisor has ended', () => {
    const dead = [...begin, ended(10, 'a'), hosted(10, 0, 'fenced_ended', 'a', 1)];
    expect(brokenBy([...dead, over(11, 'max_restarts')])).toMatch(
      /genserver_b_2 lives as b and nobody supervises it/,
    );
  });

  it('asks nothing of a child that no node would take, or before all is quiet', () => {
    const crash: Line = [100, 1, { kind: 'world_crash' }];
    const held = [...begin, crash, lost(200, ['b']), step(200, 'child_held', 'b')];
    expect(brokenBy(held)).toBeUndefined();
    expect(brokenBy([...begin, crash], 5000)).toBeUndefined();
  });

  it('finds a table that names a process which was never started', () => {
    const table = (processId: string): Line => [
      20_000,
      0,
      { kind: 'final_table', children: [{ childId: 'a', processId }] },
    ];
    expect(brokenBy([...begin, table(processOf('a', 1))])).toBeUndefined();
    expect(brokenBy([...begin, table('stranger')])).toMatch(/says that a is stranger/);
  });
});
