import { describe, expect, it } from 'vitest';
import type { Turn } from './platform.js';
import { PriorityTurns, type TurnPriorities } from './turn-priorities.js';
import { VirtualPlatform } from './virtual-platform.js';

const names = ['a', 'b', 'c', 'd', 'e'];

function taken(options: Omit<TurnPriorities, 'kind'>, ready: readonly string[] = names): string {
  const turns = new PriorityTurns({ kind: 'priorities', ...options });
  for (const id of ready) turns.push({ id, takeTurn: () => undefined });
  return [...drained(turns)].map(({ id }) => id).join('');
}

function* drained(turns: PriorityTurns): Generator<Turn> {
  for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) yield turn;
}

describe('turns by priority', () => {
  it('come in an order that the seed decides', () => {
    expect(taken({ seed: 7 })).toBe(taken({ seed: 7 }));
    const orders = Array.from({ length: 40 }, (_, seed) => taken({ seed }));
    expect(new Set(orders).size).toBeGreaterThan(20);
    expect(orders.every((order) => Array.from(order).sort().join('') === names.join(''))).toBe(
      true,
    );
  });

  it('keep their order among themselves when one of them is missing', () => {
    for (let seed = 0; seed < 20; seed++) {
      const without = taken({ seed }, ['a', 'b', 'd', 'e']);
      expect(without).toBe(taken({ seed }).replace('c', ''));
    }
  });

  it('keep a priority for as long as their process lives', () => {
    const turns = new PriorityTurns({ kind: 'priorities', seed: 3 });
    const processes = names.map((id): Turn => ({ id, takeTurn: () => undefined }));
    for (const turn of processes) turns.push(turn);
    const first = [...drained(turns)];
    for (const turn of processes.toReversed()) turns.push(turn);
    expect([...drained(turns)]).toEqual(first);
  });

  it('let the one that is next fall behind all others at a drawn point', () => {
    const calm = taken({ seed: 5 });
    const changed = taken({ seed: 5, changes: 1, withinTurns: 1 });
    expect(changed).toBe(calm.slice(1) + calm.slice(0, 1));
  });

  it('give a lonely process its turn even at a drawn point', () => {
    expect(taken({ seed: 5, changes: 3, withinTurns: 1 }, ['a'])).toBe('a');
  });

  it('order the ready processes of a virtual platform', async () => {
    const orders = new Set<string>();
    for (let seed = 0; seed < 20; seed++) {
      const { runQueue } = new VirtualPlatform({ turnOrder: { kind: 'priorities', seed } });
      let order = '';
      for (const id of names) runQueue.push({ id, takeTurn: () => (order += id) });
      await Promise.resolve();
      orders.add(order);
    }
    expect(orders.size).toBeGreaterThan(10);
  });
});
