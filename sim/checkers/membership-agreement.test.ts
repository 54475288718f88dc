import { describe, expect, it } from 'vitest';
import { MembershipAgreementChecker } from './membership-agreement.js';
import { judge, type Line } from './testing/story.js';

const NETWORK = 0xffff;
const begin: Line[] = [0, 1, 2].map((node) => {
  return [0, node, { kind: 'spawned', id: `genserver_n${node}_1_1` }];
});

function members(atMs: number, node: number, ...who: (readonly [string, number])[]): Line {
  const list = who.map(([nodeId, life]) => ({ nodeId, incarnation: String(life) }));
  return [atMs, node, { kind: 'final_members', members: list }];
}

describe('L2', () => {
  it('takes nodes that all know each other', () => {
    const checker = new MembershipAgreementChecker();
    const log = [
      ...begin,
      members(1, 0, ['n1', 1], ['n2', 1]),
      members(1, 1, ['n2', 1], ['n0', 1]),
    ];
    expect(judge(checker, log)).toBeUndefined();
    expect(checker.checks).toBe(2);
  });

  it('finds a dead member, a missing one, and one in its former life', () => {
    const crash: Line = [1, 2, { kind: 'world_crash' }];
    const dead = [...begin, crash, members(20_000, 0, ['n1', 1], ['n2', 1])];
    expect(judge(new MembershipAgreementChecker(), dead)?.message).toMatch(
      /n0 \(1\) has n1 \(1\), n2 \(1\) for its members, and there live n1 \(1\)/,
    );
    const missing = [...begin, members(1, 0, ['n1', 1])];
    expect(judge(new MembershipAgreementChecker(), missing)?.message).toMatch(/has n1 \(1\) for/);
    const restart: Line = [2, 2, { kind: 'world_restart' }, 2];
    const former = [...begin, crash, restart, members(20_000, 0, ['n1', 1], ['n2', 1])];
    expect(judge(new MembershipAgreementChecker(), former)?.message).toMatch(/live .*n2 \(2\)/);
  });

  it('asks nothing while the network is cut, or has just been', () => {
    const detail = { id: 'split', groups: [[0], [1, 2]] };
    const cut: Line = [1, NETWORK, { kind: 'world_partition', detail }];
    const heal: Line = [15_000, NETWORK, { kind: 'world_heal', detail: { id: 'split' } }];
    const checker = new MembershipAgreementChecker();
    expect(judge(checker, [...begin, cut, members(20_000, 0)])).toBeUndefined();
    expect(judge(checker, [...begin, cut, heal, members(20_000, 0)])).toBeUndefined();
    expect(checker.checks).toBe(0);
  });
});
