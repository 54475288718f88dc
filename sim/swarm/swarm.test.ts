import { describe, expect, it } from 'vitest';
import { verdictOf } from '../report/verdict.js';
import { drawScenario, drawnLines } from '../scenarios/draw.js';
import type { ScenarioOptions } from '../scenarios/options.js';
import { simOptionsOf } from '../search/subject.js';
import { simulate } from '../simulate.js';

const options: ScenarioOptions = {
  nodes: 5,
  kill: 0,
  strategy: 'one_for_one',
  selector: 'round_robin',
  faults: 'swarm',
};
const seeds = Array.from({ length: 200 }, (_, at) => at + 1);

describe('a swarm', () => {
  it.each([1, 2, 3])('passes with one trace in both lanes, seed %i', async (seed) => {
    const scenario = drawScenario(options, seed);
    const run = simOptionsOf({ scenario });
    const inproc = await simulate({ ...run, lane: 'inproc' });
    const worker = await simulate({ ...run, lane: 'worker' });
    expect(verdictOf(inproc, scenario)).toEqual({ word: 'PASS', exitCode: 0 });
    expect(worker.traceHash).toBe(inproc.traceHash);
  });

  it('draws the same for the same seed', () => {
    for (const seed of [1, 2, 3]) {
      expect(drawScenario(options, seed)).toEqual(drawScenario(options, seed));
    }
  });

  it('draws every kind of fault, and every other thing that it may draw, in some seed', () => {
    const scenarios = seeds.map((seed) => drawScenario(options, seed));
    const kinds = new Set(scenarios.flatMap(({ plan }) => plan.faults.map(({ kind }) => kind)));
    expect([...kinds].sort()).toEqual(
      [
        ...['clock', 'clog', 'crash', 'cut', 'flap', 'frame-loss', 'latency', 'leave'],
        ...['one-way', 'partition', 'pause', 'restart', 'slow'],
      ].sort(),
    );
    const has = (what: (scenario: (typeof scenarios)[number]) => unknown): boolean =>
      scenarios.some((scenario) => Boolean(what(scenario)));
    expect(has(({ plan }) => plan.heal?.core)).toBe(true);
    expect(has(({ settings }) => settings.late)).toBe(true);
    expect(has(({ turnOrder }) => turnOrder === 'priorities')).toBe(true);
    expect(has(({ bufferBytes }) => bufferBytes)).toBe(true);
    expect(has(({ plan }) => plan.faults.some((fault) => 'after' in fault))).toBe(true);
    const selectors = new Set(scenarios.map(({ settings }) => settings.supervisor.selector));
    const limits = new Set(
      scenarios.map(({ settings }) => settings.supervisor.restartIntensity.maxRestarts),
    );
    expect([selectors.size, limits.size]).toEqual([5, 5]);
  });

  it('seldom takes the first node away, nor does it leave it alone', () => {
    let losses = 0;
    for (const seed of seeds) {
      const { plan } = drawScenario(options, seed);
      for (const fault of plan.faults) {
        if (fault.kind === 'crash' && fault.node === 0) losses += 1;
        if (fault.kind === 'leave') expect(fault.node).not.toBe(0);
      }
      expect(plan.heal?.core ?? [0, 1]).toContain(0);
    }
    expect(losses).toBeGreaterThan(0);
    expect(losses).toBeLessThan(seeds.length / 4);
    const touched = seeds.some((seed) =>
      drawScenario(options, seed).plan.faults.some((fault) => {
        return fault.kind === 'pause' && fault.node === 0;
      }),
    );
    expect(touched).toBe(true);
  });

  it('draws a kind of fault as it is drawn beside any others', () => {
    const draw = (faults: ScenarioOptions['faults'], seed: number) =>
      drawScenario({ ...options, ...(faults === undefined ? {} : { faults }) }, seed).plan.faults;
    for (const seed of [1, 2, 3, 4, 5]) {
      const both = draw(['pause', 'partition'], seed);
      expect(both.filter(({ kind }) => kind === 'pause')).toEqual(draw(['pause'], seed));
      expect(both.filter(({ kind }) => kind === 'partition')).toEqual(draw(['partition'], seed));
    }
  });

  it('leaves links as TCP has them unless datagrams are asked for by name', () => {
    const drawn = drawScenario({ ...options, faults: ['datagram'] }, 1);
    expect(drawn.plan.faults.map(({ kind }) => kind)).toEqual(['datagram']);
  });

  it('is told line by line', () => {
    for (const seed of seeds.slice(0, 20)) {
      const scenario = drawScenario(options, seed);
      const lines = drawnLines(scenario);
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) expect(line).not.toMatch(/undefined|\[object/);
    }
  });

  it('works with one node and with two', () => {
    for (const nodes of [1, 2]) {
      for (const seed of seeds.slice(0, 50)) {
        const { plan } = drawScenario({ ...options, nodes }, seed);
        for (const fault of plan.faults) {
          if ('node' in fault) expect(fault.node).toBeLessThan(nodes);
        }
      }
    }
  });
});
