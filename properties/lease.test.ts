import { expect, test } from 'vitest';
import { GivenLeases, authorityMs } from '../src/distributed/lease.js';
import {
  DRIFT,
  type LeaseMachines,
  leaseMachines,
  oneOwnerLaw,
  outlastingLaw,
} from './laws/lease.js';
import { violationOf } from './laws/violation.js';

test('whatever was given is over everywhere when its giver counts it as over', () => {
  outlastingLaw(leaseMachines);
});

test('no owner has the word any more once another is elected', () => {
  oneOwnerLaw(leaseMachines);
});

test('the laws hold for clocks that are right', () => {
  outlastingLaw(leaseMachines, 0);
  oneOwnerLaw(leaseMachines, 0);
});

test('the laws see clocks that drift by more than the bound', () => {
  expect(violationOf(() => outlastingLaw(leaseMachines, 1.5 * DRIFT))).toContain('is over when');
  expect(violationOf(() => oneOwnerLaw(leaseMachines, 1.5 * DRIFT))).toContain('one owner');
});

test('the law catches a giver that waits no longer than a lease lasts', () => {
  const hasty: LeaseMachines = {
    ...leaseMachines,
    given: (terms) => new GivenLeases({ ...terms, driftMax: 0 }),
  };
  expect(violationOf(() => outlastingLaw(hasty))).toContain('is over when');
});

test('the law catches voters that are bound no longer than the owner counts on', () => {
  const hasty: LeaseMachines = { ...leaseMachines, promiseMs: authorityMs };
  expect(violationOf(() => oneOwnerLaw(hasty))).toContain('one owner');
});

test('the law catches a holder that counts from when it was given its lease', () => {
  const late: LeaseMachines = {
    ...leaseMachines,
    held: (terms) => {
      const held = leaseMachines.held(terms);
      return {
        granted: (askedMs) => held.granted(askedMs + 1000),
        isValid: (nowMs) => held.isValid(nowMs),
        get untilMs() {
          return held.untilMs;
        },
      };
    },
  };
  expect(violationOf(() => outlastingLaw(late))).toContain('is over when');
});
