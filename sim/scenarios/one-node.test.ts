import { expect, it } from 'vitest';
import { placementAfter } from '../report/placement.js';
import { verdictOf } from '../report/verdict.js';
import { simOptionsOf } from '../search/subject.js';
import { simulate } from '../simulate.js';
import { drawScenario } from './draw.js';
import { sixOnOneNode } from './one-node.js';

const options = {
  scenario: sixOnOneNode.name,
  nodes: 3,
  kill: 0,
  strategy: 'one_for_one',
  selector: 'round_robin',
} as const;

it('six permanent children whose one node dies come back once each, for one charge', async () => {
  for (const seed of [1, 2, 3]) {
    const scenario = drawScenario(options, seed);
    const { settings } = scenario;
    const report = await simulate({ ...simOptionsOf({ scenario }), lane: 'inproc' });
    const seen = (kind: string) =>
      report.observed.filter(({ observation }) => observation.kind === kind);
    expect(verdictOf(report, scenario).word).toBe('PASS');
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
