import { describe, expect, it } from 'vitest';
import { assertPlan } from '../faults/plan-check.js';
import { verdictOf } from '../report/verdict.js';
import { simOptionsOf } from '../search/subject.js';
import { simulate } from '../simulate.js';
import { drawScenario, drawnLines, scenarioList } from './draw.js';
import type { ScenarioOptions } from './options.js';
import { stories } from './stories.js';

const base: ScenarioOptions = {
  nodes: 5,
  kill: 2,
  strategy: 'one_for_one',
  selector: 'round_robin',
};
const names = stories.map(({ name }) => name);

describe('a scenario with a name', () => {
  it.each(names)('%s passes', async (scenario) => {
    const drawn = drawScenario({ ...base, scenario }, 1);
    const report = await simulate({ ...simOptionsOf({ scenario: drawn }), lane: 'inproc' });
    expect(verdictOf(report, drawn)).toEqual({ word: 'PASS', exitCode: 0 });
  });

  it('is the same for the same seed, and another one for most others', () => {
    for (const scenario of names) {
      const plans = [1, 2, 3, 4, 5].map((seed) => {
        const drawn = drawScenario({ ...base, scenario }, seed);
        expect(drawScenario({ ...base, scenario }, seed)).toEqual(drawn);
        return JSON.stringify(drawn.plan);
      });
      expect(new Set(plans).size).toBeGreaterThan(3);
    }
  });

  it('spares the first node, which runs the supervisor, and is over before it has to be', () => {
    for (const scenario of names.filter((name) => name !== 'owner-loss')) {
      for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
        const { plan, times } = drawScenario({ ...base, scenario }, seed);
        for (const fault of plan.faults) {
          if (fault.kind === 'crash' || fault.kind === 'leave') expect(fault.node).not.toBe(0);
          const fromMs = 'atMs' in fault ? fault.atMs : times.killsFromMs;
          expect(fromMs).toBeGreaterThanOrEqual(times.killsFromMs);
          const endMs = 'forMs' in fault ? fromMs + fault.forMs : fromMs;
          expect(endMs).toBeLessThanOrEqual(plan.heal?.atMs as number);
        }
      }
    }
  });

  it('is a plan that can be carried out, whoever may be lost in it', () => {
    for (const more of [{}, { takeover: true }, { takeover: true, exclusive: true }]) {
      for (const scenario of names) {
        for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
          const { plan, settings } = drawScenario({ ...base, ...more, scenario }, seed);
          assertPlan(plan, settings.nodeIds.length);
        }
      }
    }
  });

  it('takes the number of nodes that is asked for, if it is not too small for the story', () => {
    const nodesOf = (scenario: string, nodes: number): number =>
      drawScenario({ ...base, scenario, nodes }, 1).settings.nodeIds.length;
    expect(nodesOf('split-heal', 9)).toBe(9);
    expect(nodesOf('split-heal', 2)).toBe(5);
    expect(nodesOf('middle-of-three', 9)).toBe(3);
  });

  it('is in the list with one line', () => {
    const list = scenarioList();
    expect(list.map(({ name }) => name)).toEqual(['kill', ...names]);
    for (const { name, line } of list) {
      expect(`${name.padEnd(20)} ${line}`.length).toBeLessThanOrEqual(120);
      expect(line).toMatch(/^[a-z][^\n]+[^.]$/);
    }
  });

  it('says what was drawn for it', () => {
    for (const scenario of names.filter((name) => name !== 'quiet-day')) {
      const drawn = drawScenario({ ...base, scenario }, 1);
      expect(drawnLines(drawn).length).toBeGreaterThan(1);
    }
  });

  it('that nobody knows is refused by its name', () => {
    expect(() => drawScenario({ ...base, scenario: 'no such' }, 1)).toThrow(/split-heal.*no such/);
  });
});

describe('what is asked for by number', () => {
  const kinds = (options: Partial<ScenarioOptions>): string[] =>
    drawScenario({ ...base, kill: 0, ...options }, 3).plan.faults.map(({ kind }) => kind);

  it('is in the plan as often as asked', () => {
    expect(kinds({ cutOff: 3 })).toEqual(['partition']);
    expect(kinds({ heartbeatLoss: 0.3 })).toEqual(['frame-loss']);
    expect(kinds({ faults: ['pause'] }).every((kind) => kind === 'pause')).toBe(true);
    expect(kinds({ kill: 2, cutOff: 1 })).toEqual(['crash', 'crash', 'partition']);
    expect(kinds({ scenario: 'long-pause', cutOff: 1 })).toEqual(['pause', 'partition']);
  });

  it('brings killed nodes back, and slows the network', () => {
    const latencyMs = { min: 20, max: 40 };
    const drawn = drawScenario({ ...base, restart: true, latencyMs }, 3);
    expect(drawn.latencyMs).toEqual(latencyMs);
    for (const fault of drawn.plan.faults) expect(fault).toHaveProperty('restartAfterMs');
  });
});
