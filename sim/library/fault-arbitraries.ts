// eslint-disable-next-line @typescript-eslint/ban-ts-comment -- kept in the declarations as it is
/** @ts-ignore: a project without fast-check has no types of it, and needs none. */
import type { Arbitrary } from 'fast-check';
import type { Delay, Fault, FaultKind } from '../plan.js';
import type { FastCheck } from './arbitraries.js';

export interface FaultRange {
  readonly nodes: number;
  /** When faults begin. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** How long one of them lasts at most. */
  readonly forMaxMs: number;
}

/** Makes the arbitrary of each kind of fault. All nodes are drawn, the first one too. */
export function faultArbitraries(
  fc: FastCheck,
  { nodes, fromMs, untilMs, forMaxMs }: FaultRange,
): Readonly<Record<FaultKind, () => Arbitrary<Fault>>> {
  const node = fc.nat({ max: nodes - 1 });
  const atMs = fc.integer({ min: fromMs, max: untilMs });
  const forMs = fc.integer({ min: 1, max: forMaxMs });
  const span = { atMs, forMs };
  const share = fc.integer({ min: 1, max: 10 }).map((tenths) => tenths / 10);
  const kind = <Kind extends FaultKind>(name: Kind) => fc.constant(name);
  const some = fc.uniqueArray(node, { minLength: 1, maxLength: Math.max(1, nodes - 1) });
  const pair = twoNodes(fc, nodes);
  const sides = some.map((from) => ({ from, to: others(nodes, from) }));
  return {
    crash: () =>
      fc.record(
        {
          kind: kind('crash'),
          node,
          atMs,
          mode: fc.constantFrom('closes' as const, 'silent' as const),
          restartAfterMs: forMs,
        },
        { requiredKeys: ['kind', 'node', 'atMs', 'mode'] },
      ),
    restart: () => fc.record({ kind: kind('restart'), node, atMs }),
    leave: () =>
      fc.record(
        { kind: kind('leave'), node, atMs, restartAfterMs: forMs },
        { requiredKeys: ['kind', 'node', 'atMs'] },
      ),
    pause: () => fc.record({ kind: kind('pause'), node, ...span }),
    partition: () => {
      const groups = sides.map(({ from, to }) => [from, to]);
      return fc.record({ kind: kind('partition'), groups, ...span });
    },
    'one-way': () =>
      fc.record({ sides, ...span }).map(({ sides: { from, to }, ...rest }) => {
        return { kind: 'one-way' as const, from, to, ...rest };
      }),
    cut: () =>
      fc.record({
        kind: kind('cut'),
        pairs: fc.array(pair, { minLength: 1, maxLength: 3 }),
        ...span,
      }),
    'frame-loss': () =>
      fc.record({
        kind: kind('frame-loss'),
        frames: fc.constant(['heartbeat']),
        probability: share,
        ...span,
      }),
    latency: () => fc.record({ kind: kind('latency'), delay: delays(fc), ...span }),
    clog: () =>
      fc.record({ pair, ...span }).map(({ pair: [from, to], ...rest }) => {
        return { kind: 'clog' as const, from, to, ...rest };
      }),
    flap: () =>
      fc.record({
        kind: kind('flap'),
        between: pair,
        upMs: fc.integer({ min: 10, max: 2000 }),
        downMs: fc.integer({ min: 10, max: 2000 }),
        ...span,
      }),
    clock: () =>
      fc.record({
        kind: kind('clock'),
        node,
        atMs,
        jumpMs: fc.integer({ min: -3_600_000, max: 3_600_000 }),
      }),
    slow: () => fc.record({ kind: kind('slow'), node, turnMs: fc.constantFrom(1, 5, 20), ...span }),
    datagram: () => fc.record({ kind: kind('datagram'), drop: share, duplicate: share, ...span }),
  };
}

function twoNodes(fc: FastCheck, nodes: number): Arbitrary<[number, number]> {
  const node = fc.nat({ max: nodes - 1 });
  // With a single node there is no pair; the network takes no notice of such a fault.
  const distance = fc.integer({ min: Math.min(1, nodes - 1), max: Math.max(0, nodes - 1) });
  return fc.tuple(node, distance).map(([from, step]) => [from, (from + step) % nodes]);
}

function delays(fc: FastCheck): Arbitrary<Delay> {
  const ms = fc.integer({ min: 1, max: 500 });
  return fc.oneof(
    fc.record({ kind: fc.constant('constant' as const), ms }),
    fc.record({ kind: fc.constant('exponential' as const), meanMs: ms }),
  );
}

function others(nodes: number, some: readonly number[]): number[] {
  return Array.from({ length: nodes }, (_, node) => node).filter((node) => !some.includes(node));
}
