import type { Fence } from '../base/fence.js';
import { describe, expect, it } from 'vitest';
import { NodeId } from '../base/node-id.js';
import { GlobalNames, type GlobalNamesEffect, type RegisterOutcome } from './global-names.js';
import { readNameClaim } from './name-claim.js';
import type { Preference } from './name-conflict.js';

const a = { nodeId: NodeId.parse('a@10.0.0.1:1'), incarnation: 1n };
const b = { nodeId: NodeId.parse('b@10.0.0.1:2'), incarnation: 1n };

describe('a global name', () => {
  it('is seen at once here, and elsewhere with the change that is announced', () => {
    const { here, there } = pair();
    const outcome = registered(here.register('clock', 'genserver_1'));
    expect(here.whereis('clock')).toEqual(outcome.claim);
    there.applyDelta(a, deltaIn(outcome.effects));
    expect(there.whereis('clock')).toEqual(outcome.claim);
    expect(there.names()).toEqual(['clock']);
  });

  it('is refused when anybody holds it, and says who', () => {
    const { here, there } = pair();
    there.applyDelta(a, deltaIn(registered(here.register('clock', 'genserver_1')).effects));
    for (const table of [here, there]) {
      expect(table.register('clock', 'genserver_2')).toMatchObject({
        kind: 'conflict',
        existing: { refId: 'genserver_1', ...a },
      });
    }
  });

  it('goes everywhere when it is given up or when its process ends', () => {
    const { here, there } = pair();
    for (const name of ['clock', 'watch']) {
      there.applyDelta(a, deltaIn(registered(here.register(name, 'genserver_1')).effects));
    }
    there.applyDelta(a, deltaIn(here.unregister('watch')));
    expect(there.names()).toEqual(['clock']);
    there.applyDelta(a, deltaIn(here.processEnded('genserver_1')));
    expect(there.count).toBe(0);
    expect(here.count).toBe(0);
    expect(here.processEnded('genserver_1')).toEqual([]);
  });

  it('stays when somebody who does not own it gives it up', () => {
    const { here, there } = pair();
    there.applyDelta(a, deltaIn(registered(here.register('clock', 'genserver_1')).effects));
    expect(there.unregister('clock')).toEqual([]);
    expect(there.whereis('clock')).toBeDefined();
  });

  it('goes with the life of the node that owned it, and not with an earlier one', () => {
    const { there } = pair();
    const reborn = { ...a, incarnation: 2n };
    const table = new GlobalNames({ self: reborn });
    table.register('clock', 'genserver_9');
    there.applyList(reborn, table.ownList());
    expect(there.nodeDown(a)).toEqual([]);
    expect(there.whereis('clock')).toMatchObject(reborn);
    expect(there.nodeDown(reborn)).toMatchObject([{ kind: 'unregistered' }]);
    expect(there.count).toBe(0);
  });
});

describe('what an earlier life says late', () => {
  it('counts for nothing', () => {
    const { here, there } = pair();
    const late = registered(here.register('clock', 'genserver_1'));
    const table = new GlobalNames({ self: { ...a, incarnation: 2n } });
    there.applyList({ ...a, incarnation: 2n }, table.ownList());
    expect(there.applyDelta(a, deltaIn(late.effects))).toEqual([]);
    expect(there.applyList(a, here.ownList())).toEqual([]);
    expect(there.count).toBe(0);
  });

  it('cannot remove a newer entry', () => {
    const { here, there } = pair();
    there.applyDelta(a, deltaIn(registered(here.register('clock', 'genserver_1')).effects));
    const removal = deltaIn(here.unregister('clock'));
    const table = new GlobalNames({ self: { ...a, incarnation: 2n } });
    table.register('clock', 'genserver_9');
    there.applyList({ ...a, incarnation: 2n }, table.ownList());
    there.applyDelta(a, removal);
    expect(there.whereis('clock')).toMatchObject({ refId: 'genserver_9' });
  });
});

describe('a full list', () => {
  it('replaces all that its node said before', () => {
    const { here, there } = pair();
    there.applyDelta(a, deltaIn(registered(here.register('clock', 'genserver_1')).effects));
    here.unregister('clock');
    here.register('watch', 'genserver_2');
    there.applyList(a, here.ownList());
    expect(there.names()).toEqual(['watch']);
  });

  it('is asked for when a change is missing, and not when one comes twice', () => {
    const { here, there } = pair();
    const first = deltaIn(registered(here.register('clock', 'genserver_1')).effects);
    const second = deltaIn(registered(here.register('watch', 'genserver_2')).effects);
    expect(there.applyDelta(a, second)).toEqual([{ kind: 'resync', nodeId: a.nodeId }]);
    there.applyDelta(a, first);
    there.applyDelta(a, second);
    expect(there.applyDelta(a, first)).toEqual([]);
    expect(there.names()).toEqual(['clock', 'watch']);
  });

  it('speaks for its own node alone', () => {
    const { there } = pair();
    const claim = { ...b, name: 'clock', refId: 'genserver_1', term: 0, stamp: 1 };
    there.applyList(a, { version: 1, claims: [claim] });
    expect(there.count).toBe(0);
  });
});

describe('a conflict', () => {
  it('goes to the earlier registration; the loser is told, ended and withdrawn', () => {
    const { here, there } = pair();
    const first = registered(here.register('clock', 'genserver_1')).claim;
    there.register('other', 'genserver_5');
    const second = registered(there.register('clock', 'genserver_2')).claim;
    const effects = there.applyList(a, here.ownList());
    expect(effects).toEqual([
      { kind: 'conflictResolved', name: 'clock', winner: first, loser: second },
      { kind: 'unregistered', claim: second },
      { kind: 'registered', claim: first },
      { kind: 'lost', claim: second, winner: first, end: true },
      { kind: 'synced', nodeId: a.nodeId, count: 1 },
      { kind: 'announce', delta: { version: 3, added: [], removed: ['clock'] } },
    ]);
    expect(there.ownList().claims.map(({ name }) => name)).toEqual(['other']);
  });

  it('is won by the higher fence, however late it came', () => {
    const { here, there } = pair();
    here.register('clock', 'genserver_1');
    there.register('other', 'genserver_5');
    there.register('clock', 'genserver_2', { fence: fence(1) });
    expect(there.applyList(a, here.ownList())).toMatchObject([
      { kind: 'conflictResolved', winner: { refId: 'genserver_2' } },
      { kind: 'synced' },
    ]);
    expect(there.whereis('clock')).toMatchObject({ refId: 'genserver_2' });
  });

  it('is taken from a stale incarnation of the same child at once', () => {
    const { here, there } = pair();
    here.register('clock', 'genserver_1', { fence: fence(1) });
    there.applyList(a, here.ownList());
    expect(there.register('clock', 'genserver_2', { fence: fence(1) }).kind).toBe('conflict');
    const later = registered(there.register('clock', 'genserver_2', { fence: fence(2) }));
    expect(later.claim).toMatchObject({ term: 1, fence: fence(2) });
    expect(there.whereis('clock')).toMatchObject({ refId: 'genserver_2' });
    expect(here.applyList(b, there.ownList())).toContainEqual(
      expect.objectContaining({ kind: 'lost', end: true }),
    );
    expect(here.ownList().claims).toEqual([]);
  });

  it('registers later than everything that was seen', () => {
    const { here, there } = pair();
    for (const name of ['x', 'y', 'z']) here.register(name, 'genserver_1');
    there.applyList(a, here.ownList());
    expect(registered(there.register('clock', 'genserver_2')).claim.stamp).toBe(4);
  });

  it('only tells a loser that is to live, which has no claim to the name any more', () => {
    const here = new GlobalNames({ self: a });
    const there = new GlobalNames({ self: b, whenLost: 'tell' });
    here.register('clock', 'genserver_1');
    here.register('watch', 'genserver_1');
    there.register('clock', 'genserver_2');
    there.register('watch', 'genserver_2', { whenLost: 'end' });
    const ends = there.applyList(a, here.ownList()).filter(({ kind }) => kind === 'lost');
    expect(ends).toMatchObject([
      { claim: { name: 'clock' }, end: false },
      { claim: { name: 'watch' }, end: true },
    ]);
    expect(there.nodeDown(a).map(({ kind }) => kind)).toEqual(['unregistered', 'unregistered']);
    expect(there.count).toBe(0);
  });
});

describe('an owner with a term', () => {
  const taken = { term: 2 };

  it('takes the name from the one it takes over, which is told and not ended', () => {
    const { here, there } = pair();
    const old = registered(here.register('boss', 'dsup_1', { term: 1 })).claim;
    there.applyList(a, here.ownList());
    expect(there.register('boss', 'dsup_1', { term: 1 }).kind).toBe('conflict');
    const later = registered(there.register('boss', 'dsup_1', taken));
    expect(later.effects).toMatchObject([
      { kind: 'conflictResolved', winner: later.claim, loser: old },
      { kind: 'unregistered', claim: old },
      { kind: 'registered', claim: later.claim },
      { kind: 'announce' },
    ]);
    expect(here.applyList(b, there.ownList())).toContainEqual({
      kind: 'lost',
      claim: old,
      winner: later.claim,
      end: false,
    });
    expect(here.ownList().claims).toEqual([]);
    expect(here.register('boss', 'dsup_1', taken).kind).toBe('conflict');
  });

  it('wins from every plain process, and ends it', () => {
    const { here, there } = pair();
    here.register('boss', 'genserver_1');
    there.register('other', 'genserver_5');
    there.register('boss', 'dsup_1', { term: 1 });
    expect(here.applyList(b, there.ownList())).toContainEqual(
      expect.objectContaining({ kind: 'lost', end: true }),
    );
    expect(here.whereis('boss')).toMatchObject({ refId: 'dsup_1', ...b });
  });

  it('may ask for a higher one, which nobody takes for a change of owner', () => {
    const { here, there } = pair();
    const first = registered(here.register('boss', 'dsup_1', { term: 1 }));
    there.applyDelta(a, deltaIn(first.effects));
    expect(registered(here.register('boss', 'dsup_1')).effects).toEqual([]);
    const { effects, claim } = registered(here.register('boss', 'dsup_1', taken));
    expect(effects.map(({ kind }) => kind)).toEqual(['announce']);
    expect(there.applyDelta(a, deltaIn(effects))).toEqual([]);
    expect(there.whereis('boss')).toEqual(claim);
    expect(there.names()).toEqual(['boss']);
    there.applyDelta(a, deltaIn(here.processEnded('dsup_1')));
    expect(there.count).toBe(0);
  });

  it('takes the name from another process of its own node, which is ended', () => {
    const { here } = pair();
    const old = registered(here.register('boss', 'genserver_1')).claim;
    const { effects, claim } = registered(here.register('boss', 'dsup_1', taken));
    expect(effects).toMatchObject([
      { kind: 'conflictResolved', winner: claim, loser: old },
      { kind: 'lost', claim: old, end: true },
      { kind: 'unregistered', claim: old },
      { kind: 'registered', claim },
      { kind: 'announce', delta: { added: [claim], removed: [] } },
    ]);
    expect(here.processEnded('genserver_1')).toEqual([]);
    expect(here.whereis('boss')).toEqual(claim);
  });
});

describe('a preference', () => {
  const last: Preference = (ruled, other) => (ruled.nodeId < other.nodeId ? other : ruled);

  it('decides between plain claims, with the same winner on both sides', () => {
    const here = new GlobalNames({ self: a, prefer: last });
    const there = new GlobalNames({ self: b, prefer: last });
    here.register('clock', 'genserver_1');
    const { claim } = registered(there.register('clock', 'genserver_2'));
    const list = here.ownList();
    expect(here.applyList(b, there.ownList())).toContainEqual(
      expect.objectContaining({ kind: 'lost', winner: claim }),
    );
    there.applyList(a, list);
    expect([here, there].map((table) => table.whereis('clock'))).toEqual([claim, claim]);
  });

  it('is not asked when a name is taken, nor about terms', () => {
    const there = new GlobalNames({ self: b, prefer: last });
    const here = new GlobalNames({ self: a, prefer: last });
    here.register('clock', 'genserver_1');
    here.register('boss', 'dsup_1', { term: 1 });
    there.register('boss', 'genserver_3');
    there.applyList(a, here.ownList());
    expect(there.register('clock', 'genserver_2').kind).toBe('conflict');
    expect(there.whereis('boss')).toMatchObject({ refId: 'dsup_1' });
  });
});

describe('reading a claim', () => {
  it('takes what its owner wrote and nothing else', () => {
    const claim = { ...a, name: 'clock', refId: 'genserver_1', term: 0, stamp: 1 };
    expect(readNameClaim({ ...claim, extra: 1 }, a)).toEqual(claim);
    for (const bad of [
      null,
      'clock',
      { ...claim, name: 1 },
      { ...claim, refId: undefined },
      { ...claim, fence: { ...fence(1), sequence: -1 } },
      { ...claim, fence: 'high' },
      { ...claim, stamp: 0.5 },
      { ...claim, term: -1 },
      { ...claim, term: undefined },
      { ...claim, ...b },
      { ...claim, incarnation: 2n },
    ]) {
      expect(readNameClaim(bad, a)).toBeUndefined();
    }
  });
});

/** Two tables of which the second has the first one's list. */
function pair(): { here: GlobalNames; there: GlobalNames } {
  const here = new GlobalNames({ self: a });
  const there = new GlobalNames({ self: b });
  there.applyList(a, here.ownList());
  return { here, there };
}

function registered(outcome: RegisterOutcome) {
  if (outcome.kind !== 'registered') throw new Error('refused');
  return outcome;
}

function deltaIn(effects: readonly GlobalNamesEffect[]) {
  const announce = effects.find((effect) => effect.kind === 'announce');
  if (announce === undefined) throw new Error('nothing was announced');
  return announce.delta;
}

function fence(sequence: number): Fence {
  return { term: 1, ownerId: 'dsup_1', ownerNode: 'a@h:1', ownerIncarnation: 1n, sequence };
}
