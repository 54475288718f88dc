import { describe, expect, it } from 'vitest';
import { NamesChecker } from './names.js';
import { judge, type Line, nodeId, processOn, spawned } from './testing/story.js';

const begin = spawned(2, 2);
const [first, second] = [processOn(1, 1), processOn(1, 2)];

function gain(atMs: number, processId = first, node = 0): Line {
  return [atMs, node, { kind: 'name_registered', name: 'x', processId }];
}

function lose(atMs: number, processId = first, node = 0): Line {
  return [atMs, node, { kind: 'name_unregistered', name: 'x', processId }];
}

function down(atMs: number): Line {
  return [atMs, 0, { kind: 'node_down', nodeId: nodeId(1), incarnation: '1' }];
}

const later: Line = [9, 0, { kind: 'spawned', id: processOn(0, 9) }];

function brokenBy(...lines: readonly Line[]): string | undefined {
  return judge(new NamesChecker(), [...begin, ...lines])?.message;
}

describe('S9', () => {
  it('takes names that come and go for a reason', () => {
    expect(brokenBy(gain(1, first, 1), gain(2), lose(3, first, 1), lose(4))).toBeUndefined();
    expect(brokenBy(gain(2), [3, 1, { kind: 'exited', id: first, reason: 'x' }], lose(4))).toBe(
      undefined,
    );
    const conflict = { kind: 'name_conflict', name: 'x', winner: second, loser: first } as const;
    expect(brokenBy(gain(2), [3, 0, conflict], lose(3), gain(3, second))).toBeUndefined();
    expect(brokenBy(gain(2), down(3), lose(3), later)).toBeUndefined();
  });

  it('finds a second owner, and a name that somebody else gives up', () => {
    expect(brokenBy(gain(1), gain(2, second))).toMatch(/x was given to .*_1_2 while .*_1_1 had it/);
    expect(brokenBy(gain(1), lose(2, second))).toMatch(/taken from .*_1_2 while .*_1_1 had it/);
  });

  it('finds a name that is taken from a process that holds on to it', () => {
    expect(brokenBy(gain(1), lose(2))).toMatch(/which holds on to it/);
  });

  it('finds names of a node that was declared down', () => {
    expect(brokenBy(gain(1), down(3), later)).toMatch(/x leads to .* declared down/);
    const asked: Line = [9, 0, { kind: 'asked', child: 'x', op: 1, processId: first }];
    expect(brokenBy(down(3), asked)).toMatch(/whereis gave/);
  });

  it('lets names come just before their node does', () => {
    const up: Line = [5, 0, { kind: 'node_up', nodeId: nodeId(1), incarnation: '1' }];
    expect(brokenBy(down(3), gain(5), up, later)).toBeUndefined();
  });
});
