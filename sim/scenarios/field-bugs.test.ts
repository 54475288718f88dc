import { describe, expect, it } from 'vitest';
import { verdictOf } from '../report/verdict.js';
import { simOptionsOf } from '../search/subject.js';
import { type SimReport, simulate } from '../simulate.js';
import type { CounterOperation } from '../workloads/counters-settings.js';
import { drawScenario, scenarioList } from './draw.js';
import { type FieldBug, fieldBugs } from './field-bugs.js';
import type { Scenario } from './scenario.js';

const base = { nodes: 3, kill: 0, strategy: 'one_for_one', selector: 'round_robin' } as const;
const bugs = Object.entries(fieldBugs);
const plantable = bugs.filter(([, { planted }]) => planted !== undefined);
const SEEDS = [1, 2];

interface Told {
  readonly report: SimReport;
  readonly scenario: Scenario;
}

/** The story, once for each seed. */
function tell({ story, options }: FieldBug, more: { plant?: string } = {}): Promise<Told[]> {
  const runs = SEEDS.map(async (seed) => {
    const scenario = thinned(drawScenario({ ...base, ...options, scenario: story }, seed));
    // A checker would end the run at the first thing that goes wrong.
    const checkers = more.plant === undefined ? {} : { checkers: [] };
    const run = { ...simOptionsOf({ scenario, ...more }), ...checkers };
    return { scenario, report: await simulate({ ...run, lane: 'inproc' }) };
  });
  return Promise.all(runs);
}

/** With a tenth of the calls and casts, which take most of the time. */
function thinned(scenario: Scenario): Scenario {
  const { plan } = scenario;
  const operations = plan.operations.filter(({ operation }, at) => {
    const { kind, end } = operation as CounterOperation & { readonly end?: string };
    return (kind !== 'call' && kind !== 'cast') || end !== undefined || at % 10 === 0;
  });
  return { ...scenario, plan: { ...plan, operations } };
}

describe('a class of bugs from the field', () => {
  it.each(bugs)('%s: the story comes to it, and nothing of it shows', async (_, bug) => {
    const runs = await tell(bug);
    for (const { report, scenario } of runs) {
      expect(verdictOf(report, scenario)).toEqual({ word: 'PASS', exitCode: 0 });
      expect(bug.symptom(report, scenario)).toBeUndefined();
    }
    expect(runs.filter(({ report }) => bug.arises(report)).length).toBeGreaterThan(0);
  });

  it.each(plantable)('%s: it shows when it is there', async (_, bug) => {
    const runs = await tell(bug, { plant: bug.planted as string });
    const symptoms = runs.map(({ report, scenario }) => bug.symptom(report, scenario));
    expect(symptoms.filter((symptom) => symptom !== undefined)).not.toEqual([]);
  });

  it('has a story that is in the list', () => {
    const names = scenarioList().map(({ name }) => name);
    for (const [, { story }] of bugs) expect(names).toContain(story);
  });
});
