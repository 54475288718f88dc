import { describe, expect, it } from 'vitest';
import { simModule } from '../bundle.js';
import { findFailure } from './failure.js';
import { simulate } from './simulate.js';
import { simulated, SimulationFailedError } from './simulated.js';
import type { SimulateOptions } from './simulation-options.js';

const options: SimulateOptions = {
  module: simModule('../src/examples/lost-update/overwriting-bank'),
  faults: ['partition', 'latency', 'pause'],
};

describe('a failure', () => {
  it('is found, shrunk to what it takes, and explained', async () => {
    const failure = await findFailure({ ...options, seeds: 20 });
    expect(failure?.end).toBe('minimal');
    const { plan, explanation, report } = failure!;
    expect(plan.faults).toHaveLength(1);
    expect(plan.operations).toHaveLength(2);
    expect(report.plan.operations).toHaveLength(10);
    expect(explanation).toMatch(
      /^smallest plan that still breaks "no deposit is lost": .*node.*; 2 operations$/,
    );
    expect(failure!.toString()).toContain('2 deposits make');
    expect(failure!.toString()).toContain(`seed: ${report.seed}, plan: {"faults":[{"kind":`);
  });

  it('is made again by its seed and its smallest plan alone', async () => {
    const failure = await findFailure({ ...options, seeds: 20 });
    const { plan, report, smallest } = failure!;
    const again = await simulate({ module: options.module, seed: report.seed, plan });
    expect(again.traceHash).toBe(smallest.traceHash);
    expect(again.violation!.checker).toBe('no deposit is lost');
  });

  it('is none when every seed passes', async () => {
    expect(await findFailure({ ...options, seeds: 5, faults: [] })).toBeUndefined();
  });

  it('is not shrunk when there are no tries for it', async () => {
    const failure = await findFailure({ ...options, seeds: 20, triesMax: 0 });
    expect(failure!.end).toBe('tries');
    expect(failure!.plan).toEqual(failure!.report.plan);
  });

  it('fails the test that simulates, with its seed and its plan', async () => {
    const error: unknown = await simulated(options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SimulationFailedError);
    const { message, seed } = error as SimulationFailedError;
    expect(message).toContain(`seed ${seed} broke "no deposit is lost"`);
    expect(message).toContain('smallest plan that still breaks');
    await expect(simulated({ ...options, faults: [], seeds: 3 })).resolves.toBeUndefined();
  });
});
