import { describe, expect, it } from 'vitest';
import { TurnQueue } from './turn-queue.js';

/** Hooks that keep what they are given until the test runs it. */
function heldHooks() {
  const soon: (() => void)[] = [];
  const later: (() => void)[] = [];
  const hooks = {
    soon: (drain: () => void) => void soon.push(drain),
    later: (drain: () => void) => void later.push(drain),
  };
  return { hooks, soon, later };
}

describe('TurnQueue', () => {
  it('takes turns in the order they came, all in one drain', () => {
    const { hooks, soon, later } = heldHooks();
    const queue = new TurnQueue(hooks, 100);
    const taken: number[] = [];
    for (const name of [1, 2, 3]) queue.push({ takeTurn: () => taken.push(name) });
    expect(soon).toHaveLength(1);
    soon.shift()!();
    expect(taken).toEqual([1, 2, 3]);
    expect(later).toHaveLength(0);
  });

  it('takes in the same drain what a turn puts in line', () => {
    const { hooks, soon } = heldHooks();
    const queue = new TurnQueue(hooks, 100);
    const taken: string[] = [];
    const second = { takeTurn: () => taken.push('second') };
    queue.push({
      takeTurn: () => {
        taken.push('first');
        queue.push(second);
      },
    });
    soon.shift()!();
    expect(taken).toEqual(['first', 'second']);
    expect(soon).toHaveLength(0);
  });

  it('lets the world in after its budget of turns, however long a process is busy', () => {
    const { hooks, soon, later } = heldHooks();
    const queue = new TurnQueue(hooks, 10);
    let taken = 0;
    const restless = {
      takeTurn: () => {
        taken += 1;
        queue.push(restless);
      },
    };
    queue.push(restless);
    soon.shift()!();
    expect(taken).toBe(10);
    later.shift()!();
    expect(taken).toBe(20);
    expect([soon.length, later.length]).toEqual([0, 1]);
  });

  it('counts its budget over drains that follow each other without the world in between', () => {
    const { hooks, soon, later } = heldHooks();
    const queue = new TurnQueue(hooks, 3);
    const turn = { takeTurn: () => undefined };
    for (let round = 0; round < 3; round++) {
      queue.push(turn);
      soon.shift()!();
    }
    queue.push(turn);
    expect([soon.length, later.length]).toEqual([0, 1]);
    later.shift()!();
    queue.push(turn);
    expect([soon.length, later.length]).toEqual([1, 0]);
  });

  it('goes on behind a turn that throws', () => {
    const { hooks, soon, later } = heldHooks();
    const queue = new TurnQueue(hooks, 100);
    const taken: string[] = [];
    queue.push({
      takeTurn: () => {
        throw new Error('broken');
      },
    });
    queue.push({ takeTurn: () => taken.push('next') });
    expect(soon.shift()!).toThrow('broken');
    expect(taken).toEqual([]);
    later.shift()!();
    expect(taken).toEqual(['next']);
    queue.push({ takeTurn: () => taken.push('afterwards') });
    soon.shift()!();
    expect(taken).toEqual(['next', 'afterwards']);
  });
});
