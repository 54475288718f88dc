import fc from 'fast-check';
import { expect } from 'vitest';
import type { NodeId } from '../../src/base/node-id.js';
import {
  Authority,
  GivenLeases,
  HeldLease,
  type LeaseTerms,
  VoterPromises,
  authorityMs,
  outlastedMs,
} from '../../src/distributed/lease.js';
import { type SkewedClock, clocks, shownAt, trueTimeOf } from '../arbitraries/clock.js';

/** The decisions that a law judges. */
export interface LeaseMachines {
  readonly held: (terms: LeaseTerms) => Pick<HeldLease, 'granted' | 'isValid' | 'untilMs'>;
  readonly given: (terms: LeaseTerms) => Pick<GivenLeases, 'given' | 'inherit' | 'overMs'>;
  /** How long an owner asks its voters to vote for nobody else. */
  readonly promiseMs: (terms: LeaseTerms) => number;
}

export const leaseMachines: LeaseMachines = {
  held: (terms) => new HeldLease(terms),
  given: (terms) => new GivenLeases(terms),
  promiseMs: (terms) => outlastedMs(authorityMs(terms), terms.driftMax),
};

/**
 * Whatever was given is over when its giver, or the owner after it, counts it as over: however the
 * clocks run, and however long what they say to each other is on its way.
 */
export function outlastingLaw(machines: LeaseMachines, realDrift = DRIFT): void {
  const run = fc.record({
    holder: clocks(realDrift),
    giver: clocks(realDrift),
    heir: clocks(realDrift),
    asks: fc.array(rounds(), { minLength: 1, maxLength: 5 }),
  });
  fc.assert(
    fc.property(run, ({ holder, giver, heir, asks }) => {
      const held = machines.held(TERMS);
      const given = machines.given(TERMS);
      const inherited = machines.given(TERMS);
      let lastMs = 0;
      for (const { atMs, thereMs } of asks) {
        given.given('host', shownAt(giver, atMs + thereMs));
        held.granted(shownAt(holder, atMs));
        lastMs = Math.max(lastMs, atMs + thereMs);
        // The latest asked for is given last: answers cross in order.
        given.given('host', shownAt(giver, lastMs));
      }
      inherited.inherit(shownAt(heir, lastMs));
      const overs = [
        trueTimeOf(giver, given.overMs('host')),
        trueTimeOf(heir, inherited.overMs('host')),
      ];
      const endsMs = trueTimeOf(holder, held.untilMs);
      for (const overMs of overs) {
        expect(overMs - endsMs, 'a lease is over when its giver says so').toBeGreaterThan(-1e-6);
      }
    }),
  );
}

/** No owner has the word any more once enough of its voters have elected another. */
export function oneOwnerLaw(machines: LeaseMachines, realDrift = DRIFT): void {
  const run = fc.record({
    owner: clocks(realDrift),
    voters: fc.tuple(clocks(realDrift), clocks(realDrift)),
    asks: fc.array(fc.tuple(rounds(), rounds()), { minLength: 1, maxLength: 5 }),
    impatienceMs: fc.integer({ min: 0, max: 5000 }),
  });
  fc.assert(
    fc.property(run, ({ owner, voters, asks, impatienceMs }) => {
      const authority = new Authority(TERMS, 'owner');
      const promises = voters.map(() => new VoterPromises());
      const boundUntilMs = [0, 0];
      for (const round of asks) {
        for (const [at, { atMs, thereMs, isLost }] of round.entries()) {
          // Whoever has voted promises nothing any more.
          if (isLost || atMs + thereMs >= impatienceMs) continue;
          const voter = voters[at] as SkewedClock;
          const arrivedMs = atMs + thereMs;
          const promiseMs = machines.promiseMs(TERMS);
          if (arrivedMs < (boundUntilMs[at] ?? 0)) continue;
          promises[at]?.promise('s', shownAt(voter, arrivedMs), promiseMs);
          boundUntilMs[at] = arrivedMs;
          authority.promised(`v${at}`, 1n, shownAt(owner, atMs));
        }
      }
      const electedMs = Math.max(
        impatienceMs,
        ...voters.map((voter, at) => {
          const nowMs = shownAt(voter, impatienceMs);
          return impatienceMs + (promises[at]?.boundMs('s', nowMs) ?? 0) / voter.rate;
        }),
      );
      const nowMs = shownAt(owner, electedMs);
      const untilMs = authority.untilMs(ELECTORATE, nowMs);
      expect(untilMs - nowMs, 'one owner at a time has the word').toBeLessThan(1e-6);
    }),
  );
}

/** One question: when it was asked, how long it took, and whether it ever arrived. */
function rounds() {
  return fc.record({
    atMs: fc.integer({ min: 0, max: 3000 }),
    thereMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1000 })),
    isLost: fc.boolean(),
  });
}

/** The drift that the machines are told to reckon with. */
export const DRIFT = 0.02;
const TERMS: LeaseTerms = { leaseMs: 1000, driftMax: DRIFT };
const ELECTORATE = {
  votesNeeded: 2,
  voters: ['owner', 'v0', 'v1'].map((nodeId) => ({ nodeId: nodeId as NodeId, life: 1n })),
};
