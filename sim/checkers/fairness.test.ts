import { describe, expect, it } from 'vitest';
import type { CandidateNode, SelectorWord } from './fact.js';
import { FairnessChecker } from './fairness.js';
import { judge, type Line } from './testing/story.js';

const supervisorId = 'dsup_n0_1_1';
const joined: Line[] = ['n1', 'n2'].map((nodeId) => {
  return [0, 0, { kind: 'node_up', nodeId, incarnation: '1' }];
});

function start(
  nodeId: string,
  selector: SelectorWord,
  nodes: readonly CandidateNode[] = [
    ['n0', 1, 0],
    ['n1', 1, 0],
    ['n2', 1, 0],
  ],
): Line {
  const fact = { supervisorId, childId: 'a', sequence: 1, nodeId, selector, nodes };
  return [5, 0, { kind: 'child_start', ...fact }];
}

function brokenBy(...lines: readonly Line[]): string | undefined {
  return judge(new FairnessChecker(), [...joined, ...lines])?.message;
}

describe('S5', () => {
  it('counts the turns of round_robin while the candidates are the same', () => {
    const turn = (nodeId: string) => start(nodeId, 'round_robin');
    expect(brokenBy(turn('n0'), turn('n2'), turn('n1'), turn('n0'))).toBeUndefined();
    expect(brokenBy(turn('n0'), turn('n0'))).toMatch(/at 5 ms: round_robin placed 2, 0, 0/);
    const two: CandidateNode[] = [
      ['n0', 1, 0],
      ['n1', 1, 0],
    ];
    expect(brokenBy(turn('n0'), start('n0', 'round_robin', two))).toBeUndefined();
  });

  it('counts for least_loaded what was told and what was placed since', () => {
    const place = (nodeId: string, told = 1, heardAt = 0) =>
      start(nodeId, 'least_loaded', [
        ['n0', 3, 0],
        ['n1', told, heardAt],
        ['n2', 2, 0],
      ]);
    expect(brokenBy(place('n1'), place('n2'))).toBeUndefined();
    expect(brokenBy(place('n2'))).toMatch(/it ran 2, and n1 ran 1/);
    expect(brokenBy(place('n1'), place('n1'), place('n1'))).toMatch(/it ran 3, and n2 ran 2/);
    expect(brokenBy(place('n1'), place('n1', 1, 9))).toBeUndefined();
  });

  it('finds nodes that are excluded, or down', () => {
    expect(brokenBy(start('n9', 'random'))).toMatch(/it was no candidate/);
    expect(brokenBy(start('n1', { node: 'n2' }))).toMatch(/only n2 would do/);
    expect(brokenBy(start('n1', 'local_first'))).toMatch(/the local node comes first/);
    const down: Line = [1, 0, { kind: 'node_down', nodeId: 'n1', incarnation: '1' }];
    expect(brokenBy(down, start('n0', 'random'))).toMatch(/n1 was a candidate and is no member/);
  });
});
