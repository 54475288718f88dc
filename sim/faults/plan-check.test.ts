import { describe, expect, it } from 'vitest';
import type { Fault, Plan } from '../plan.js';
import { assertPlan } from './plan-check.js';

function messageOf(plan: unknown): string {
  try {
    assertPlan(plan as Plan, 3);
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return 'fine';
}

const about = (fault: unknown): string =>
  messageOf({ faults: [{ kind: 'restart', node: 0, atMs: 1 }, fault], operations: [] });
const at = { atMs: 1, forMs: 1 };

describe('a plan', () => {
  it.each<[Record<string, unknown>, RegExp]>([
    [{ kind: 'crash', node: 3, atMs: 1 }, /RangeError: .*plan.faults\[1\].node .*got node 3/],
    [{ kind: 'crash', node: 0.5, atMs: 1 }, /RangeError: .*got node 0.5/],
    [{ kind: 'crash', node: '0', atMs: 1 }, /TypeError: .*faults\[1\].node to be a number/],
    [{ kind: 'crash', node: 0 }, /TypeError: .*either atMs or after, got neither/],
    [{ kind: 'crash', node: 0, atMs: 1, after: { event: 'sent' } }, /got both/],
    [{ kind: 'crash', node: 0, atMs: -1 }, /RangeError: .*faults\[1\].atMs to be from 0/],
    [{ kind: 'crash', node: 0, atMs: NaN }, /TypeError: .*faults\[1\].atMs/],
    [{ kind: 'crash', node: 0, atMs: 1, mode: 'loud' }, /TypeError: .*mode .*closes, silent/],
    [{ kind: 'crash', node: 0, atMs: 1, afterOutputs: -1 }, /RangeError: .*afterOutputs/],
    [{ kind: 'crash', node: 0, atMs: 1, restartAfterMs: -1 }, /RangeError: .*restartAfterMs/],
    [{ kind: 'toString', atMs: 1 }, /TypeError: .*faults\[1\].kind to be one of crash, /],
    [{ kind: 'pause', node: 0, atMs: 1 }, /TypeError: .*faults\[1\].forMs/],
    [{ kind: 'pause', node: 0, ...at, resume: 'all' }, /TypeError: .*resume .*timers, frames/],
    [{ kind: 'partition', ...at, groups: [[0], [1, 4]] }, /RangeError: .*groups\[1\]\[1\]/],
    [{ kind: 'partition', ...at, groups: [[0], [1, 0]] }, /RangeError: .*got node 0 again/],
    [{ kind: 'one-way', ...at, from: [0] }, /TypeError: .*faults\[1\].to to be an array/],
    [{ kind: 'cut', ...at, pairs: [[1, 1]] }, /TypeError: .*pairs\[0\] to be two nodes/],
    [{ kind: 'frame-loss', ...at, frames: ['beat'], probability: 1 }, /frames\[0\] to be one of/],
    [{ kind: 'frame-loss', ...at, frames: [], probability: 1.1 }, /RangeError: .*probability/],
    [{ kind: 'latency', ...at, delay: { kind: 'gamma' } }, /TypeError: .*delay.kind/],
    [{ kind: 'latency', ...at, delay: { kind: 'uniform', minMs: 2, maxMs: 1 } }, /delay.maxMs/],
    [{ kind: 'latency', ...at, delay: { kind: 'constant', ms: -1 } }, /RangeError: .*delay.ms/],
    [{ kind: 'clog', ...at, from: 0, to: 9 }, /RangeError: .*faults\[1\].to/],
    [{ kind: 'flap', ...at, between: [0, 1], upMs: 0, downMs: 1 }, /RangeError: .*upMs/],
    [{ kind: 'clock', node: 0, atMs: 1, jumpMs: Infinity }, /TypeError: .*jumpMs/],
    [{ kind: 'slow', node: 0, ...at, turnMs: -1 }, /RangeError: .*turnMs/],
    [{ kind: 'datagram', ...at, drop: 2 }, /RangeError: .*faults\[1\].drop to be from 0 to 1/],
    [{ kind: 'crash', node: 0, after: { event: 'heard' } }, /TypeError: .*after.event/],
    [{ kind: 'crash', node: 0, after: { event: 'sent', nth: 0 } }, /RangeError: .*from 1, got 0/],
    [{ kind: 'crash', node: 0, after: { event: 'sent', peer: 3 } }, /RangeError: .*after.peer/],
    [{ kind: 'crash', node: 0, after: { event: 'observed', peer: 1 } }, /TypeError: .*after.peer/],
  ])('with %j is refused', (fault, message) => {
    expect(about(fault)).toMatch(message);
  });

  it('is refused for its operations and its heal as well', () => {
    expect(messageOf({ faults: [], operations: [{ node: 3, atMs: 1 }] })).toMatch(
      /RangeError: .*plan.operations\[0\].node/,
    );
    expect(messageOf({ faults: [], operations: [{ node: 0, atMs: -1 }] })).toMatch(/\.atMs/);
    expect(messageOf({ faults: [], operations: [], heal: { atMs: 1, core: [3] } })).toMatch(
      /plan.heal.core\[0\]/,
    );
    expect(messageOf({ operations: [] })).toMatch(/TypeError: .*plan.faults to be an array/);
    expect(messageOf(undefined)).toMatch(/TypeError: .*plan to be an object/);
  });

  it('is taken when every part of it can be carried out', () => {
    const faults: Fault[] = [
      { kind: 'partition', groups: [[0]], ...at },
      { kind: 'leave', node: 2, atMs: 0, restartAfterMs: 0 },
      { kind: 'crash', node: 0, after: { event: 'delivered', what: 'spawn', peer: 1, nth: 2 } },
    ];
    expect(messageOf({ faults, operations: [], heal: { atMs: 5, core: [0, 2] } })).toBe('fine');
  });
});
