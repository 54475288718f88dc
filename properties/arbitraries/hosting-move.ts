import fc from 'fast-check';

/**
 * What a host of a kernel may do next. Numbers are taken modulo how many there are: of starts that
 * are under way, of children that run, of stops that were asked for, of nodes, of ids.
 */
export type HostingMove =
  | { readonly kind: 'answer'; readonly pick: number; readonly how: StartAnswer }
  | { readonly kind: 'exit'; readonly pick: number; readonly reason: 'boom' | 'normal' }
  | { readonly kind: 'finish'; readonly pick: number; readonly reason: 'shutdown' | 'killed' }
  | { readonly kind: 'lose'; readonly pick: number }
  | { readonly kind: 'retry' | 'available' | 'stale' | 'inspect' }
  | { readonly kind: 'request'; readonly what: ChildRequest; readonly pick: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'stop' };

export type StartAnswer = 'started' | 'failed' | 'held' | 'ignored' | 'ended';
export type ChildRequest =
  'startChild' | 'terminateChild' | 'restartChild' | 'replaceChild' | 'deleteChild';

export function hostingMoves(): fc.Arbitrary<HostingMove[]> {
  return fc.array(move, { minLength: 4, maxLength: 40 });
}

const pick = fc.nat({ max: 7 });

const move: fc.Arbitrary<HostingMove> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      pick,
      how: fc.constantFrom<StartAnswer>(
        ...([
          'started',
          'started',
          'started',
          'started',
          'failed',
          'held',
          'ignored',
          'ended',
        ] as const),
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('exit' as const),
      pick,
      reason: fc.constantFrom('boom', 'boom', 'normal'),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('finish' as const),
      pick,
      reason: fc.constantFrom('shutdown', 'shutdown', 'killed'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('lose' as const), pick }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('retry' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('available', 'stale', 'inspect') }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('request' as const),
      what: fc.constantFrom<ChildRequest>(
        'startChild',
        'terminateChild',
        'restartChild',
        'replaceChild',
        'deleteChild',
      ),
      pick,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat({ max: 3000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stop' as const) }) },
);
