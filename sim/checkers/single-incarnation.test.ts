import { describe, expect, it } from 'vitest';
import { SingleIncarnationChecker } from './single-incarnation.js';
import { acknowledged, asked, ended, hosted, judge, type Line, lost } from './testing/story.js';

const running: Line[] = [
  asked(0, 'a', 1),
  hosted(0, 1, 'fenced_started', 'a', 1),
  acknowledged(1, 'a', 1),
];
const again: Line[] = [
  lost(5000, ['a']),
  asked(5000, 'a', 2),
  hosted(5000, 2, 'fenced_started', 'a', 2),
  acknowledged(5001, 'a', 2),
];
const NETWORK = 0xffff;
const split = { id: 'split', groups: [[0, 2], [1]] };
const cut: Line = [1000, NETWORK, { kind: 'world_partition', detail: split }];
const heal: Line = [9000, NETWORK, { kind: 'world_heal', detail: { id: 'split' } }];

function brokenBy(lines: readonly Line[], endedMs?: number): string | undefined {
  return judge(new SingleIncarnationChecker(), lines, endedMs)?.message;
}

describe('S3', () => {
  it('lets a child live twice while nobody can tell, and for a while after', () => {
    expect(brokenBy([...running, cut, ...again])).toBeUndefined();
    expect(brokenBy([...running, cut, ...again, heal], 20_000)).toBeUndefined();
  });

  it('finds a child that lives twice after the network has healed', () => {
    const checker = new SingleIncarnationChecker();
    expect(judge(checker, [...running, cut, ...again, heal], 23_000)?.message).toMatch(
      /a lived as genserver_a_1 since 0 ms and as genserver_a_2 since 5000 ms/,
    );
    expect(checker.checks).toBeGreaterThan(0);
  });

  it('finds a child that lives twice in a network that was never cut, or on one node', () => {
    expect(brokenBy([...running, ...again], 30_000)).toMatch(/a lived as/);
    const same = [...running, asked(50, 'a', 2), hosted(50, 1, 'fenced_started', 'a', 2)];
    expect(brokenBy(same)).toMatch(/a lived as/);
  });

  it('takes a crashed node and an ended child for what they are', () => {
    const crash: Line = [4000, 1, { kind: 'world_crash', detail: { mode: 'silent' } }];
    expect(brokenBy([...running, crash, ...again], 30_000)).toBeUndefined();
    const end: Line[] = [hosted(100, 1, 'fenced_ended', 'a', 1), ended(101, 'a')];
    expect(brokenBy([...running, ...end, ...again], 30_000)).toBeUndefined();
  });

  it('finds a fence that does not grow, and an acknowledgement of an older one', () => {
    expect(brokenBy([...running, asked(10, 'b', 1)])).toMatch(/start 1 of b came after start 1/);
    expect(brokenBy([...running, asked(10, 'a', 2), acknowledged(11, 'a', 1)])).toMatch(
      /start 1 of a was acknowledged after start 2/,
    );
  });

  it('finds a host that starts an older incarnation after a newer one', () => {
    const newer = [asked(0, 'a', 7), hosted(0, 1, 'fenced_started', 'a', 7)];
    const older = hosted(2, 1, 'fenced_started', 'a', 6);
    const end = hosted(1, 1, 'fenced_ended', 'a', 7);
    expect(brokenBy([...newer, end, older])).toMatch(
      /under fence 1.n1.1.6 where 1.n1.1.7 was seen/,
    );
  });
});
