import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlantedBugName } from '../sim/planted/all.js';
import { restartsUnderFire, walkSecondCrash } from './laws/second-crash.js';

const RUNS = fc.readConfigureGlobal().numRuns ?? 3;

test('rest_for_one ordering holds with a second crash at every message boundary', async () => {
  const property = fc.asyncProperty(restartsUnderFire, async (fire) => {
    const objection = await walkSecondCrash(fire);
    expect(objection, objection).toBeUndefined();
  });
  await fc.assert(property, { numRuns: RUNS });
});

test.each<readonly [PlantedBugName, RegExp]>([
  ['rest-reaches-one', /was restarted while/],
  ['rest-reaches-all', /no failure .* reached it/],
  ['lost-child-forgotten', /S2|L1|S1/],
])('the law catches %s', async (planted, words) => {
  const [fire] = fc.sample(
    restartsUnderFire.filter(({ first, child }) => first === 'child' && child > 1),
    1,
  );
  expect(await walkSecondCrash(fire!, planted)).toMatch(words);
});
