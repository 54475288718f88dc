import { describe, expect, it } from 'vitest';
import { NodeId } from '../base/node-id.js';
import { nodeInfo } from '../cluster/members.js';
import type { NodeInfo } from '../cluster/node-info.js';
import { seededRandom } from '../platform/random.js';
import type { NodeSelector } from './node-selector.js';
import { PlacedLoads } from './placed-loads.js';
import { Placement } from './placement.js';

function node(name: string, processCount = 0, lastHeartbeatAt = 1): NodeInfo {
  const id = NodeId.create(name, 'h', 1);
  return { ...nodeInfo(id, 'up', undefined, 0), processCount, lastHeartbeatAt };
}

function choices(
  placement: Placement,
  selector: NodeSelector,
  nodes: readonly NodeInfo[],
  count: number,
): string[] {
  const local = NodeId.create('b', 'h', 1);
  return Array.from({ length: count }, (_, index) => {
    const choice = placement.choose(selector, `w${index}`, { nodes, local });
    return choice.kind === 'placed' ? NodeId.getName(choice.nodeId) : 'none';
  });
}

const fresh = (loads?: PlacedLoads): Placement => new Placement(seededRandom(1), loads);

describe('local_first', () => {
  it('takes the local node, and the first one where there is none', () => {
    expect(choices(fresh(), 'local_first', [node('a'), node('b')], 1)).toEqual(['b']);
    expect(choices(fresh(), 'local_first', [node('c'), node('d')], 1)).toEqual(['c']);
    expect(choices(fresh(), 'local_first', [], 1)).toEqual(['none']);
  });
});

describe('round_robin', () => {
  it('goes on after the last one, whoever came or went', () => {
    const placement = fresh();
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => node(name)) as [
      NodeInfo,
      NodeInfo,
      NodeInfo,
      NodeInfo,
    ];
    expect(choices(placement, 'round_robin', [a, b, d], 2)).toEqual(['a', 'b']);
    expect(choices(placement, 'round_robin', [a, b, c, d], 3)).toEqual(['c', 'd', 'a']);
    expect(choices(placement, 'round_robin', [b, d], 3)).toEqual(['b', 'd', 'b']);
  });

  it('has a turn of its own for each supervisor', () => {
    const nodes = [node('a'), node('b')];
    const loads = new PlacedLoads();
    expect(choices(fresh(loads), 'round_robin', nodes, 1)).toEqual(['a']);
    expect(choices(fresh(loads), 'round_robin', nodes, 1)).toEqual(['a']);
  });
});

describe('least_loaded', () => {
  it('counts what was placed since the last heartbeat, by all supervisors of the node', () => {
    const loads = new PlacedLoads();
    const nodes = [node('a', 3), node('c', 0)];
    expect(choices(fresh(loads), 'least_loaded', nodes, 2)).toEqual(['c', 'c']);
    expect(choices(fresh(loads), 'least_loaded', nodes, 1)).toEqual(['c']);
    expect(choices(fresh(loads), 'least_loaded', [node('a', 3), node('c', 9, 2)], 1)).toEqual([
      'a',
    ]);
  });

  it('weighs the local node by its living processes', () => {
    expect(choices(fresh(), 'least_loaded', [node('a', 2), node('b', 1)], 3)).toEqual([
      'b',
      'b',
      'b',
    ]);
    expect(choices(fresh(), 'least_loaded', [node('a', 1), node('b', 2)], 1)).toEqual(['a']);
  });
});

describe('a pinned child', () => {
  it('goes to its node or nowhere', () => {
    const pinned = { node: NodeId.create('c', 'h', 1) };
    expect(choices(fresh(), pinned, [node('a'), node('c')], 1)).toEqual(['c']);
    expect(choices(fresh(), pinned, [node('a'), node('b')], 1)).toEqual(['none']);
  });
});
