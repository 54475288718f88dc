import fc from 'fast-check';
import { expect } from 'vitest';
import type { Hosting } from '../../src/otp/supervision/kernel-options.js';
import { mishaps, type Mishap } from '../arbitraries/child-mishap.js';
import { Family, type Truth, type Witness } from '../models/family.js';
import { permanentFamily, type Effect, type MakeKernel } from './kernel-factory.js';

/**
 * Under `rest_for_one` a restart stops the suffix in reverse before the first restart, leaves the
 * prefix alone, and starts each child only when the one before is up, whatever crashes, is lost,
 * fails or is held meanwhile. When the dust settles every child is up.
 */
export function restForOneOrderLaw(makeKernel: MakeKernel): void {
  fc.assert(
    fc.property(
      fc.constantFrom<Hosting>('serial', 'concurrent'),
      fc.integer({ min: 2, max: 6 }),
      mishaps(),
      (hosting, size, list) => runOnce(makeKernel, hosting, size, list),
    ),
  );
}

function runOnce(
  makeKernel: MakeKernel,
  hosting: Hosting,
  size: number,
  list: readonly Mishap[],
): void {
  const kernel = makeKernel({
    strategy: 'rest_for_one',
    intensity: { maxRestarts: 1_000_000, withinMs: 1000 },
    autoShutdown: 'never',
    strict: true,
    hosting,
  });
  const children = permanentFamily(size);
  const ids = children.map(({ id }) => id);
  const witness = new OrderWitness();
  const family = new Family(ids, kernel, witness, { canHold: hosting === 'concurrent' });
  family.feed({ kind: 'start', children });
  family.calmDown();
  for (const mishap of list) family.suffer(mishap);
  family.calmDown();
  expect(family.members.map(({ truth }) => truth)).toEqual(ids.map(() => 'up'));
  witness.isEnding = true;
  family.feed({ kind: 'stop', reason: 'shutdown' });
  family.calmDown();
  expect(family.members.some(({ truth }) => truth === 'up' || truth === 'starting')).toBe(false);
  expect(family.exits).toBe(1);
}

class OrderWitness implements Witness {
  isEnding = false;

  onEffect(effect: Effect, family: Family): void {
    if (effect.kind === 'start') {
      this.#onStart(effect.id, family);
    } else if (effect.kind === 'stop') {
      this.#onStop(effect.id, family);
    }
  }

  #onStart(id: string, family: Family): void {
    const index = family.indexOf(id);
    const truths = family.members.map(({ truth }) => truth);
    // In Erlang a crash that was not looked at yet does not hold back the start of the next child.
    const isReady = (truth: Truth): boolean => truth === 'up' || truth === 'dead';
    expect(truths.slice(0, index).every(isReady), `all before ${id} are up: ${truths.join()}`).toBe(
      true,
    );
    const isAlive = (truth: Truth): boolean => truth === 'up' || truth === 'stopping';
    expect(truths.slice(index).some(isAlive), `all from ${id} on are down: ${truths.join()}`).toBe(
      false,
    );
    expect(truths.includes('starting'), `${id} starts alone: ${truths.join()}`).toBe(false);
  }

  #onStop(id: string, family: Family): void {
    const index = family.indexOf(id);
    const truths = family.members.map(({ truth }) => truth);
    const later = truths.slice(index + 1);
    expect(later.includes('up'), `all after ${id} are stopped first: ${truths.join()}`).toBe(false);
    expect(truths.includes('stopping'), `${id} stops alone: ${truths.join()}`).toBe(false);
    if (this.isEnding) return;
    const isBroken = truths.slice(0, index).some((truth) => truth !== 'up');
    expect(isBroken, `${id} stops on account of one before it: ${truths.join()}`).toBe(true);
  }
}
