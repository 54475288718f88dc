import fc from 'fast-check';
import { expect, test } from 'vitest';
import { faultPlans } from './arbitraries/fault-plan.js';
import { unfairFunction } from './laws/simulated-fairness.js';
import { assertSimulated, objectionTo, type SimulatedLaw } from './laws/simulated.js';

type BuiltIn = 'local_first' | 'round_robin' | 'least_loaded' | 'random' | 'last';

function lawOf(...selectors: BuiltIn[]): SimulatedLaw {
  const chosen = fc.constantFrom(...selectors);
  return {
    stages: fc
      .tuple(faultPlans({ childCrashes: false, comebacks: true }), chosen)
      .map(([plan, selector]) => ({ ...plan, selector })),
    checker: 'S5',
    objection: unfairFunction,
  };
}

const law = lawOf('local_first', 'round_robin', 'least_loaded', 'random', 'last');

test('selector fairness holds under joins and losses, and no lost node is chosen', async () => {
  await assertSimulated(law, { runs: 25 });
});

test('every selector is fair when every node is a thread', async () => {
  await assertSimulated(law, { runs: 3, lane: 'worker' });
});

test.each(['local_first', 'round_robin', 'least_loaded', 'last'] as const)(
  'the law catches a %s that always takes the same place',
  async (selector) => {
    expect(await objectionTo('placement-stuck', lawOf(selector), 10)).toMatch(/at \d+.* ms/);
  },
);
