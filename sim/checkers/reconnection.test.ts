import { describe, expect, it } from 'vitest';
import { ReconnectionChecker } from './reconnection.js';
import { judge, type Line, NETWORK, nodeId, spawned, world } from './testing/story.js';

const begin = spawned(2);

function fact(atMs: number, node: number, kind: 'node_up' | 'node_down'): Line {
  return [atMs, node, { kind, nodeId: nodeId(1 - node), incarnation: '1' }];
}

const met = [fact(1, 0, 'node_up'), fact(1, 1, 'node_up')];
const lost = [fact(5000, 0, 'node_down'), fact(5000, 1, 'node_down')];
const back = [fact(9000, 0, 'node_up'), fact(9000, 1, 'node_up')];
const cut = world(100, NETWORK, 'cut', { id: 'c', pairs: [[0, 1]] });
const heal = world(8000, NETWORK, 'heal', { id: 'c', kind: 'cut' });

function brokenBy(lines: readonly Line[], endedMs = 30_000): string | undefined {
  return judge(new ReconnectionChecker(), [...begin, ...lines], endedMs)?.message;
}

describe('L6', () => {
  it('takes nodes that meet again', () => {
    const checker = new ReconnectionChecker();
    expect(judge(checker, [...begin, ...met, cut, ...lost, heal, ...back], 30_000)).toBe(undefined);
    expect(checker.checks).toBe(2);
  });

  it('finds nodes that do not, once they had the time', () => {
    const apart = [...met, cut, ...lost, heal];
    expect(brokenBy(apart)).toMatch(/n0 has not met n1, which it could reach since 8000 ms/);
    expect(brokenBy(apart, 15_000)).toBeUndefined();
  });

  it('asks nothing of those outside the core', () => {
    const healed = world(8000, NETWORK, 'healed', { core: [0] });
    expect(brokenBy([...met, cut, ...lost, healed])).toBeUndefined();
  });

  it('asks nothing when nobody was ever kept apart', () => {
    const checker = new ReconnectionChecker();
    expect(judge(checker, [...begin, ...met, ...lost], 30_000)).toBeUndefined();
    expect(checker.excuse).toBe('nobody was kept apart');
  });
});
