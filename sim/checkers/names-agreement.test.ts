import { describe, expect, it } from 'vitest';
import { NamesAgreementChecker } from './names-agreement.js';
import { judge, type Line, processOn, spawned, world } from './testing/story.js';

const begin = spawned(2);

function names(node: number, ...owned: readonly [string, string][]): Line {
  return [20_000, node, { kind: 'final_names', names: owned }];
}

function brokenBy(...lines: readonly Line[]): string | undefined {
  return judge(new NamesAgreementChecker(), [...begin, ...lines], 25_000)?.message;
}

describe('L3', () => {
  it('takes nodes that agree', () => {
    const checker = new NamesAgreementChecker();
    const both = [names(0, ['x', processOn(0)]), names(1, ['x', processOn(0)])];
    expect(judge(checker, [...begin, ...both], 25_000)).toBeUndefined();
    expect(checker.checks).toBe(2);
  });

  it('finds a name that is one thing here and another there', () => {
    const here = names(0, ['x', processOn(0)]);
    expect(brokenBy(here, names(1, ['x', processOn(1)]))).toMatch(/x is .*_n0_1_1 on n0 and .*_n1/);
    expect(brokenBy(here, names(1))).toMatch(/and nobody on n1/);
    const change: Line = [19_900, 1, { kind: 'name_registered', name: 'x', processId: 'y' }];
    expect(brokenBy(change, here, names(1))).toBeUndefined();
  });

  it('finds an owner that has ended', () => {
    const both = [names(0, ['x', processOn(1)]), names(1, ['x', processOn(1)])];
    const exit: Line = [5, 1, { kind: 'exited', id: processOn(1), reason: 'normal' }];
    expect(brokenBy(exit, ...both)).toMatch(/which has ended/);
    const crash = [world(5, 1, 'crash'), world(6, 1, 'restart', {}, 2)];
    expect(brokenBy(...crash, ...both)).toMatch(/which has ended/);
  });

  it('finds a loser that lives on', () => {
    const [winner, loser] = [processOn(0), processOn(1)];
    const conflict: Line = [9000, 1, { kind: 'name_conflict', name: 'x', winner, loser }];
    expect(brokenBy(conflict)).toMatch(/_n1_1_1 lost x at 9000 ms and lives on/);
    const exit: Line = [9001, 1, { kind: 'exited', id: loser, reason: 'shutdown' }];
    expect(brokenBy(conflict, exit)).toBeUndefined();
    const lost = { kind: 'name_lost', name: 'x', processId: loser, winner } as const;
    expect(brokenBy(conflict, [9000, 1, { ...lost, ends: true }])).toMatch(/and lives on/);
    expect(brokenBy(conflict, [9000, 1, { ...lost, ends: false }])).toBeUndefined();
    const itself = { kind: 'name_conflict', name: 'x', winner: loser, loser } as const;
    expect(brokenBy([9000, 1, itself])).toBeUndefined();
    const elsewhere: Line = [9000, 0, { kind: 'name_conflict', name: 'x', winner, loser }];
    expect(brokenBy(elsewhere)).toBeUndefined();
  });

  it('finds two that lost a name to each other', () => {
    const [one, other] = [processOn(0), processOn(1)];
    const here: Line = [9, 0, { kind: 'name_conflict', name: 'x', winner: other, loser: one }];
    const there: Line = [9, 1, { kind: 'name_conflict', name: 'x', winner: one, loser: other }];
    const ends = [one, other].map((id, node): Line => [10, node, exit(id)]);
    expect(brokenBy(here, there, ...ends)).toMatch(/_n1_1_1 lost x to .*_n0_1_1, which had lost/);
    const another: Line = [9, 1, { kind: 'name_conflict', name: 'y', winner: one, loser: other }];
    expect(brokenBy(here, another, ...ends)).toBeUndefined();
  });
});

function exit(id: string) {
  return { kind: 'exited', id, reason: 'shutdown' } as const;
}
