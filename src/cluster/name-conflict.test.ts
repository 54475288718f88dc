import { describe, expect, it } from 'vitest';
import { NodeId } from '../base/node-id.js';
import type { NameClaim } from './name-claim.js';
import { type NameConflictResolver, preferenceOf, rankedClaims } from './name-conflict.js';

const claims = ['a', 'b', 'c'].map(claimOn);
const [a, b] = claims as [NameClaim, NameClaim, NameClaim];

function claimOn(name: string, index = 0): NameClaim {
  const nodeId = NodeId.create(name, '10.0.0.1', 1);
  const rank = { incarnation: 1n, term: 0, stamp: index + 1 };
  return { name: 'clock', refId: `genserver_${name}`, nodeId, ...rank };
}

/** What it chooses of a and b, and what it logged. */
function asked(resolver: NameConflictResolver): { winner: NameClaim; logged: readonly string[] } {
  const logged: string[] = [];
  const silent = (): void => undefined;
  const log = {
    debug: silent,
    info: silent,
    warn: silent,
    error: (text: string) => logged.push(text),
  };
  return { winner: preferenceOf(resolver, log)(a, b), logged };
}

describe('a resolver of conflicts', () => {
  it('chooses the winner, or leaves it to the rule', () => {
    const isB: NameConflictResolver = (_, one, other) => {
      return one.ref.nodeId === b.nodeId ? one : other;
    };
    expect(asked(isB)).toEqual({ winner: b, logged: [] });
    expect(asked(() => undefined)).toEqual({ winner: a, logged: [] });
    expect(asked((_, one, other) => (one.stamp < other.stamp ? one : other)).winner).toBe(a);
  });

  it('is told the name and who claims it, in either order', () => {
    const told: unknown[] = [];
    asked((...all) => void told.push(all));
    const [one, two] = [a, b].map(({ refId, nodeId, stamp }) => {
      return { ref: { id: refId, nodeId }, incarnation: 1n, term: 0, stamp };
    });
    expect(told).toEqual([
      ['clock', one, two],
      ['clock', two, one],
    ]);
  });

  it.each<[string, NameConflictResolver]>([
    ['goes by the order in which it is told', (_, one) => one],
    ['makes a claimant up', (_, one) => ({ ...one })],
    ['gives something else', () => 'b' as never],
    ['changes its mind', (_, one, other) => (one.ref.nodeId === a.nodeId ? undefined : other)],
  ])('that %s is logged, and the rule stands', (_, resolver) => {
    const { winner, logged } = asked(resolver);
    expect(winner).toBe(a);
    expect(logged).toEqual([expect.stringContaining('Expected onConflict to give one of its two')]);
  });

  it('that throws, or changes what it is given, is logged, and the rule stands', () => {
    const broken: NameConflictResolver = () => {
      throw new RangeError('no idea');
    };
    const meddling: NameConflictResolver = (_, one) => {
      (one as { stamp: number }).stamp = 0;
      return one;
    };
    for (const resolver of [broken, meddling]) {
      expect(asked(resolver)).toEqual({
        winner: a,
        logged: [expect.stringContaining('onConflict failed')],
      });
    }
  });
});

describe('claims to one name', () => {
  it('have one winner in whatever order they come, though the preference goes in a circle', () => {
    const circle = (ruled: NameClaim, other: NameClaim): NameClaim => {
      return claims.indexOf(other) - claims.indexOf(ruled) === 2 ? other : ruled;
    };
    const [one, two, three] = claims as [NameClaim, NameClaim, NameClaim];
    const orders = [claims, [three, two, one], [two, three, one], [three, one, two]];
    for (const order of orders) expect(rankedClaims(order, circle)).toEqual([three, one, two]);
  });
});
