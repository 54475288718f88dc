import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simModule } from '../bundle.js';
import { plainCopy } from '../plain.js';
import { FAULT_KINDS } from '../cli/fault-names.js';
import type { Plan } from '../plan.js';
import { arbitraries } from './arbitraries.js';
import { simulate } from './simulate.js';

const draw = arbitraries(fc);
const amounts = fc.record({ amount: fc.integer({ min: 1, max: 100 }) });

/** The plan with a name for each deposit: two of one name would be the same one. */
function named(plan: Plan): Plan {
  const operations = plan.operations.map(({ operation, ...rest }, at) => {
    return { ...rest, operation: { ...(operation as object), id: `deposit ${at}` } };
  });
  return { ...plan, operations };
}

describe('arbitraries for plans', () => {
  it('draw plain data of every kind of fault, that the simulator takes', async () => {
    const range = { nodes: 3, kinds: FAULT_KINDS, countMax: 6 };
    const module = simModule('../src/examples/lost-update/merging-bank');
    const property = fc.asyncProperty(draw.faults(range), async (faults) => {
      expect(plainCopy(faults)).toEqual(faults);
      const report = await simulate({ module, faults, invariants: {} });
      expect(report.plan.faults).toEqual(faults);
    });
    await fc.assert(property, { numRuns: 20 });
  });

  it('find a bug in a behaviour, and fast-check shrinks it by itself', async () => {
    const module = simModule('../src/examples/lost-update/overwriting-bank');
    const plans = draw.plan(amounts, { nodes: 3, kinds: ['partition'], operationsMax: 5 });
    const property = fc.asyncProperty(plans, async (plan) => {
      const report = await simulate({ module, plan: named(plan) });
      return report.passed;
    });
    const { failed, counterexample } = await fc.check(property, { numRuns: 100, seed: 7 });
    expect(failed).toBe(true);
    const [{ faults, operations }] = counterexample as [Plan];
    expect(faults).toHaveLength(1);
    expect(operations).toHaveLength(2);
    const sums = operations.map(({ operation }) => (operation as { amount: number }).amount);
    expect(sums).toEqual([1, 1]);
  });
});
