import { expect, test } from 'vitest';
import { faultPlans } from './arbitraries/fault-plan.js';
import { assertSimulated, objectionTo, type SimulatedLaw } from './laws/simulated.js';

const law: SimulatedLaw = {
  stages: faultPlans({ childCrashes: true }).map((plan) => ({
    ...plan,
    strategy: 'rest_for_one' as const,
  })),
  checker: 'S2',
};

test('rest_for_one keeps its order across simulated nodes, whatever crashes', async () => {
  await assertSimulated(law, { runs: 20 });
});

test('rest_for_one keeps its order when every node is a thread', async () => {
  await assertSimulated(law, { runs: 2, lane: 'worker' });
});

test('the law catches a simulated restart that leaves the suffix running', async () => {
  expect(await objectionTo('rest-reaches-one', law, 20)).toMatch(/was restarted while .* after it/);
});

test('the law catches a simulated restart that stops the prefix', async () => {
  expect(await objectionTo('rest-reaches-all', law, 20)).toMatch(/no failure .* reached it/);
});
