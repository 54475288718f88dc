import fc from 'fast-check';
import { expect, test } from 'vitest';
import { faultPlans } from './arbitraries/fault-plan.js';
import type { Stage } from '../sim/planted/stage.js';
import { assertSimulated, objectionTo, type SimulatedLaw } from './laws/simulated.js';

// Limits that the plans exceed now and then.
const limits = fc.record({
  strategy: fc.constantFrom('one_for_one', 'one_for_all', 'rest_for_one'),
  maxRestarts: fc.nat({ max: 3 }),
  withinMs: fc.integer({ min: 200, max: 3000 }),
});

function lawOver(plans: fc.Arbitrary<Stage>): SimulatedLaw {
  const stages = fc.tuple(plans, limits).map(([plan, limit]) => ({ ...plan, ...limit }));
  return { stages, checker: 'S1' };
}

const law = lawOver(faultPlans({ childCrashes: true }));
// Windows are of the clock that nobody sets.
const clockLaw = lawOver(faultPlans({ childCrashes: true, clockJumps: true, comebacks: true }));
// One child at a time never shows who pays for many.
const lossLaw = lawOver(faultPlans({ childCrashes: false }));

test('no window of a simulated supervisor ever holds more restarts than the limit', async () => {
  await assertSimulated(law, { runs: 20 });
});

test('restart intensity holds across nodes that come and go, and clocks that jump', async () => {
  await assertSimulated(clockLaw, { runs: 20 });
});

test('the loss of simulated nodes is charged once each, however many children went', async () => {
  await assertSimulated(lossLaw, { runs: 10 });
});

test('no window holds more restarts when every node is a thread', async () => {
  await assertSimulated(law, { runs: 2, lane: 'worker' });
});

test('the law catches a simulated supervisor that never gives up', async () => {
  expect(await objectionTo('restarts-without-limit', law, 20)).toMatch(/had exceeded the limit/);
});

test('the law catches a simulated supervisor that never forgets a restart', async () => {
  expect(await objectionTo('restarts-never-forgotten', law, 20)).toMatch(/gave up/);
});

test('the law catches a simulated loss that is charged once for each child', async () => {
  expect(await objectionTo('losses-charged-by-child', lossLaw, 40)).toMatch(/gave up/);
});
