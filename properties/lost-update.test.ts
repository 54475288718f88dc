import { describe, expect, it } from 'vitest';
import { findFailure, partition, simulate, simulationMatchers } from '../sim/index.js';

expect.extend(simulationMatchers);

const example = (name: string): URL =>
  new URL(`../src/examples/lost-update/${name}.ts`, import.meta.url);

/** A day of deposits at three branches, while the network falls apart now and then. */
const storm = {
  nodes: ['main-street', 'harbour', 'airport'],
  faults: ['partition'] as const,
};

describe('a bank whose tellers write balances back', () => {
  const overwriting = { ...storm, module: example('overwriting-bank') };

  it('loses no deposit as long as everybody reaches everybody', async () => {
    await expect({ ...overwriting, faults: [] }).toSurvive(20);
  });

  it('loses deposits after a partition: one partition and two deposits show it', async () => {
    const failure = await findFailure({ ...overwriting, seeds: 20 });
    expect(failure?.smallest.violation?.checker).toBe('no deposit is lost');
    expect(failure?.plan.faults.map(({ kind }) => kind)).toEqual(['partition']);
    expect(failure?.plan.operations).toHaveLength(2);
    expect(failure?.explanation).toMatch(
      /^smallest plan that still breaks "no deposit is lost": .*: partition .*; 2 operations$/,
    );
  });

  it('loses the deposit at the account when a branch comes back that was cut off', async () => {
    const report = await simulate({
      ...overwriting,
      faults: [partition([[0], [1, 2]], { atMs: 3000, forMs: 5000 })],
      workload: [
        { node: 1, atMs: 5000, operation: { id: 'at the harbour', amount: 10 } },
        { node: 0, atMs: 6000, operation: { id: 'on Main Street', amount: 5 } },
      ],
    });
    expect(report.violation?.message).toBe('2 deposits make 15, and the account holds 10');
  });
});

describe('a bank whose tellers send the deposits themselves', () => {
  it('loses none of them, however the network falls apart', async () => {
    await expect({ ...storm, module: example('merging-bank') }).toSurvive(30);
  });

  it('loses none when frames are late, links clog and nodes stand still', async () => {
    const faults = ['partition', 'one-way', 'latency', 'clog', 'flap', 'pause'] as const;
    await expect({ ...storm, faults, module: example('merging-bank') }).toSurvive(30);
  });
});
