import { describe, expect, it } from 'vitest';
import { MembershipChecker } from './membership.js';
import { judge, type Line, nodeId, spawned, world } from './testing/story.js';

const begin = spawned(2);

function steps(atMs: number, ...words: readonly string[]): Line[] {
  return words.map((to) => [atMs, 0, { kind: 'membership', nodeId: nodeId(1), to }]);
}

function fact(atMs: number, kind: 'node_up' | 'node_down' | 'node_reconciled', life = 1): Line {
  return [atMs, 0, { kind, nodeId: nodeId(1), incarnation: String(life) }];
}

const met = [...steps(1, 'connecting', 'handshaking', 'syncing', 'up'), fact(1, 'node_up')];
const lost = [...steps(50, 'suspect', 'down'), fact(50, 'node_down')];
const reborn = [world(40, 1, 'crash'), world(45, 1, 'restart', {}, 2)];

function brokenBy(...lines: readonly Line[]): string | undefined {
  return judge(new MembershipChecker(), [...begin, ...lines])?.message;
}

describe('S10', () => {
  it('takes a node that joins, is lost and comes back as another', () => {
    const again = [...steps(90, 'handshaking', 'syncing', 'up'), fact(90, 'node_up', 2)];
    expect(brokenBy(...met, ...reborn, ...lost, ...again)).toBeUndefined();
    expect(brokenBy(...met, ...lost, ...steps(60, 'syncing', 'up'), fact(60, 'node_up'))).toBe(
      undefined,
    );
    expect(brokenBy(...met, ...steps(9, 'suspect', 'up'), fact(9, 'node_reconciled'))).toBe(
      undefined,
    );
  });

  it('finds a step that is none', () => {
    expect(brokenBy(...steps(1, 'connecting', 'up'))).toMatch(/went from connecting to up/);
    expect(brokenBy([1, 0, { kind: 'membership', nodeId: 'n1', from: 'up', to: 'down' }])).toMatch(
      /went from up and was down/,
    );
  });

  it('finds a member without a handshake, twice, or lost without having been one', () => {
    expect(brokenBy(fact(1, 'node_up'))).toMatch(/came up while it was down/);
    expect(brokenBy(...met, fact(2, 'node_up'))).toMatch(/while 1 of it was a member/);
    expect(brokenBy(fact(1, 'node_down'))).toMatch(/was no member/);
    expect(brokenBy(...lost.slice(0, 0), fact(1, 'node_reconciled'))).toMatch(/was no member/);
  });

  it('finds an older life after a newer one, and a life that never was', () => {
    const second = [...steps(60, 'syncing', 'up'), fact(60, 'node_up', 2)];
    const gone = [...steps(70, 'down'), fact(70, 'node_down', 2)];
    const back = [...steps(80, 'syncing', 'up'), fact(80, 'node_up', 1)];
    expect(brokenBy(...met, ...reborn, ...lost, ...second, ...gone, ...back)).toMatch(
      /came up after life 2/,
    );
    expect(brokenBy(...steps(1, 'syncing', 'up'), fact(1, 'node_up', 7))).toMatch(/1 lives of it/);
  });

  it('finds a life that came up long after it had ended', () => {
    const back = [...steps(5000, 'syncing', 'up'), fact(5000, 'node_up', 1)];
    expect(brokenBy(...met, ...reborn, ...lost, ...back)).toMatch(/that life ended at 40 ms/);
  });
});
