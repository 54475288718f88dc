import { expect, it } from 'vitest';
import { checkerFactories } from '../checkers/all.js';
import { simModule } from '../bundle.js';
import { placementAfter } from '../report/placement.js';
import { simulate } from '../simulate.js';
import { oneNodeScenario } from './one-node.js';

it('six permanent children whose one node dies come back once each, for one charge', async () => {
  for (const seed of [1, 2, 3]) {
    const { settings, plan, times } = oneNodeScenario(seed);
    const report = await simulate({
      seed,
      lane: 'inproc',
      nodes: settings.nodeIds.length,
      settings,
      plan,
      durationMs: times.durationMs,
      program: { entry: simModule('workloads/counters') },
      checkers: Object.keys(checkerFactories),
    });
    const seen = (kind: string) =>
      report.observed.filter(({ observation }) => observation.kind === kind);
    expect(report.violation).toBeUndefined();
    expect(seen('fenced_started')).toHaveLength(12);
    expect(seen('children_lost')).toHaveLength(1);
    expect(seen('supervisor_ended')).toHaveLength(0);
    expect(placementAfter(report.observed)).toEqual(
      settings.supervisor.children.map(({ id }) => {
        return { id, nodeId: settings.nodeIds[1], incarnation: 2 };
      }),
    );
  }
});
