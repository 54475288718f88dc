import fc from 'fast-check';

/** Something that befalls a ledger. Numbers pick among what there is, whatever that is then. */
export type LedgerMove =
  | {
      readonly kind: 'add';
      readonly taskType: string;
      readonly priority: number;
      readonly delayMs: number;
      readonly retriesMax: number;
    }
  | { readonly kind: 'ask'; readonly worker: number }
  | { readonly kind: 'complete' | 'fail' | 'renew' | 'progress'; readonly pick: number }
  | { readonly kind: 'lost'; readonly worker: number }
  | { readonly kind: 'cancel'; readonly pick: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'restart' };

/** A life of a ledger: mostly work, now and then something that goes wrong. */
export function ledgerMoves(): fc.Arbitrary<LedgerMove[]> {
  return fc.array(move(), { minLength: 1, maxLength: 80, size: 'max' });
}

/** The types of tasks that there are; the workers of {@link LEDGER_WORKERS} take some of them. */
export const TASK_TYPES = ['build', 'test'] as const;

export const LEDGER_WORKERS: readonly (readonly string[])[] = [
  ['build'],
  ['test'],
  ['build', 'test'],
  ['*'],
];

function move(): fc.Arbitrary<LedgerMove> {
  const worker = fc.nat({ max: LEDGER_WORKERS.length - 1 });
  const pick = fc.nat({ max: 1000 });
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('add' as const),
        taskType: fc.constantFrom(...TASK_TYPES),
        priority: fc.integer({ min: -1, max: 1 }),
        delayMs: fc.oneof(fc.constant(0), fc.nat({ max: 300 })),
        retriesMax: fc.nat({ max: 2 }),
      }),
    },
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('ask' as const), worker }) },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constantFrom(
          'complete' as const,
          'complete' as const,
          'fail' as const,
          'renew' as const,
          'progress' as const,
        ),
        pick,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('lost' as const), worker }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat({ max: 150 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  );
}
