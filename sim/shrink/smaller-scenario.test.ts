import { describe, expect, it } from 'vitest';
import { killScenario } from '../scenarios/kill.js';
import type { Scenario } from '../scenarios/scenario.js';
import { shrinkScenario } from './shrink-scenario.js';
import { endingAt, isFinal, withChildren, withoutNode } from './smaller-scenario.js';

const drawn = killScenario(
  { nodes: 4, kill: 1, strategy: 'one_for_one', selector: 'round_robin' },
  7,
);
const scenario: Scenario = {
  ...drawn,
  plan: {
    ...drawn.plan,
    faults: [
      { kind: 'crash', node: 3, atMs: 5000, mode: 'closes' },
      {
        kind: 'partition',
        groups: [
          [0, 2],
          [1, 3],
        ],
        atMs: 6000,
        forMs: 100,
      },
      { kind: 'pause', node: 2, after: { event: 'sent', node: 2, peer: 3 }, forMs: 100 },
    ],
  },
};

describe('a smaller scenario', () => {
  it('has one node less, and what was said of those behind it is said of them still', () => {
    const { settings, plan, kills } = withoutNode(scenario, 1);
    expect(settings.nodeIds).toEqual(scenario.settings.nodeIds.slice(0, 3));
    expect(plan.faults).toEqual([
      { kind: 'crash', node: 2, atMs: 5000, mode: 'closes' },
      { kind: 'partition', groups: [[0, 1], [2]], atMs: 6000, forMs: 100 },
      { kind: 'pause', node: 1, after: { event: 'sent', node: 1, peer: 2 }, forMs: 100 },
    ]);
    expect(kills).toMatchObject([{ node: 2, nodeId: settings.nodeIds[2] }]);
    expect(plan.operations.every(({ node }) => node < 3)).toBe(true);
    const about = JSON.stringify(plan.operations);
    expect(about).not.toContain(scenario.settings.nodeIds[3]);
  });

  it('loses the faults of a node with it', () => {
    expect(withoutNode(scenario, 3).plan.faults.map(({ kind }) => kind)).toEqual(['partition']);
  });

  it('asks nothing of children that are gone', () => {
    const { settings, plan } = withChildren(scenario, ['counter-3']);
    expect(settings.supervisor.children.map(({ id }) => id)).toEqual(['counter-3']);
    const asked = plan.operations.map(({ operation }) => (operation as { child?: string }).child);
    expect(new Set(asked.filter((child) => child?.startsWith('counter-')))).toEqual(
      new Set(['counter-3']),
    );
  });

  it('ends earlier together with its final check', () => {
    const finals = (plan: Scenario['plan']) => plan.operations.filter(isFinal);
    const earlierMs = scenario.times.finalMs - 9000;
    const { times, plan } = endingAt(scenario, 9000);
    const before = scenario.times.durationMs - scenario.times.finalMs;
    expect(times.durationMs).toBe(9000 + before);
    expect(finals(plan).map(({ atMs }) => atMs)).toEqual(
      finals(scenario.plan).map(({ atMs }) => atMs - earlierMs),
    );
  });
});

describe('shrinking', () => {
  it('leaves the nodes, children and time that it takes', async () => {
    const { best } = await shrinkScenario(scenario, (candidate) => {
      const paused = candidate.plan.faults.some(({ kind }) => kind === 'pause');
      return Promise.resolve(paused && candidate.settings.supervisor.children.length >= 2);
    });
    expect(best.plan).toMatchObject({ operations: [], faults: [{ kind: 'pause', node: 1 }] });
    expect(best.settings.nodeIds).toHaveLength(2);
    expect(best.settings.supervisor.children).toHaveLength(2);
    expect(best.times.finalMs).toBeLessThan(scenario.times.finalMs / 3);
  });
});
