import fc from 'fast-check';

/** One thing that may befall a family of children next; picks are taken modulo what there is. */
export type Mishap =
  /** The host answers a start in flight. */
  | { readonly kind: 'answer'; readonly pick: number; readonly how: 'started' | 'failed' | 'held' }
  /** A child that was asked to stop has. */
  | { readonly kind: 'stopped'; readonly pick: number }
  | { readonly kind: 'crash'; readonly pick: number }
  /** One cause takes every child whose bit is set, alive or starting. */
  | { readonly kind: 'lose'; readonly bits: number }
  /** The next posted retry arrives. */
  | { readonly kind: 'retry' }
  | { readonly kind: 'available' };

export function mishaps(): fc.Arbitrary<Mishap[]> {
  const pick = fc.nat({ max: 63 });
  const mishap: fc.Arbitrary<Mishap> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('answer'), pick, how: answers }) },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('stopped'), pick }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('crash'), pick }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('lose'), bits: fc.integer({ min: 1, max: 63 }) }),
    },
    { weight: 2, arbitrary: fc.constant({ kind: 'retry' }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'available' }) },
  );
  return fc.array(mishap, { maxLength: 60 });
}

const answers = fc.oneof(
  { weight: 6, arbitrary: fc.constant<'started'>('started') },
  { weight: 1, arbitrary: fc.constant<'failed'>('failed') },
  { weight: 1, arbitrary: fc.constant<'held'>('held') },
);
