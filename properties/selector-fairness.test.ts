import { expect, test } from 'vitest';
import type { NodeId } from '../src/base/node-id.js';
import { PlacedLoads } from '../src/distributed/placed-loads.js';
import { type Candidates, Placement } from '../src/distributed/placement.js';
import type { Random } from '../src/platform/platform.js';
import {
  type MakePlacer,
  candidatesLaw,
  evenChanceLaw,
  leastLoadedLaw,
  makePlacer,
  roundRobinLaw,
} from './laws/selector-fairness.js';
import { violationOf } from './laws/violation.js';

test('only candidates are ever chosen', () => {
  candidatesLaw(makePlacer);
});

test('round_robin over unchanged candidates is fair to within one, for each supervisor', () => {
  roundRobinLaw(makePlacer);
});

test('least_loaded never takes a node that it knows to be busier than another', () => {
  leastLoadedLaw(makePlacer);
});

test('random, and every tie, gives each node the same chance', () => {
  evenChanceLaw(makePlacer);
});

test('the law catches a placement that goes on using the nodes that it saw first', () => {
  const stale: MakePlacer = (random, loads) => {
    const placement = new Placement(random, loads);
    let first: Candidates | undefined;
    return {
      choose: (selector, childId, candidates) =>
        placement.choose(selector, childId, (first ??= candidates)),
    };
  };
  expect(violationOf(() => candidatesLaw(stale))).toContain('only candidates are chosen');
});

test('the law catches a turn that two supervisors share', () => {
  const shared = new WeakMap<PlacedLoads, Placement>();
  const sharing: MakePlacer = (random, loads) => {
    const placement = shared.get(loads) ?? new Placement(random, loads);
    shared.set(loads, placement);
    return placement;
  };
  expect(violationOf(() => roundRobinLaw(sharing))).toContain('fair to within one');
});

test('the law catches a turn that placements by other selectors move on', () => {
  const muddled: MakePlacer = (random, loads) => {
    const placement = new Placement(random, loads);
    let taken = 0;
    return {
      choose: (selector, childId, candidates) => {
        taken += 1;
        const { nodes } = candidates;
        if (selector !== 'round_robin') return placement.choose(selector, childId, candidates);
        return { kind: 'placed', nodeId: nodes[taken % nodes.length]?.id as NodeId };
      },
    };
  };
  expect(violationOf(() => roundRobinLaw(muddled))).toContain('fair to within one');
});

test('the law catches a placement that forgets what it placed since the last heartbeat', () => {
  const forgetful: MakePlacer = (random) => ({
    choose: (...choice) => new Placement(random, new PlacedLoads()).choose(...choice),
  });
  expect(violationOf(() => leastLoadedLaw(forgetful))).toContain('none is known to be less busy');
});

test('the law catches a placement that overlooks what other supervisors placed', () => {
  const alone: MakePlacer = (random) => new Placement(random, new PlacedLoads());
  expect(violationOf(() => leastLoadedLaw(alone))).toContain('none is known to be less busy');
});

test('the law catches a placement that takes the local node for idle', () => {
  const partial: MakePlacer = (random, loads) => {
    const placement = new Placement(random, loads);
    return {
      choose: (selector, childId, { nodes, local }) => {
        const seen = nodes.map((node) => (node.id === local ? { ...node, processCount: 0 } : node));
        return placement.choose(selector, childId, { nodes: seen, local });
      },
    };
  };
  expect(violationOf(() => leastLoadedLaw(partial))).toContain('none is known to be less busy');
});

test('the law catches chance that prefers the first node', () => {
  const loaded: MakePlacer = (random, loads) => {
    const biased: Random = {
      below: (bound) => (random.below(10) === 0 ? 0 : random.below(bound)),
    };
    return new Placement(biased, loads);
  };
  expect(violationOf(() => evenChanceLaw(loaded))).toContain('an even chance');
});
