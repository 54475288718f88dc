import { describe, expect, it } from 'vitest';
import { checkerFactories } from '../checkers/all.js';
import type { Fault } from '../plan.js';
import { crashOf, type StagedOperation, staged } from '../planted/stage.js';
import { type SimReport, simulate } from '../simulate.js';

const LIMIT = 3;
const WITHIN_MS = 5000;
const FIRST_MS = 1000;

/** Four children on four nodes, one restart after the other, and wall clocks that jump. */
async function run(
  operations: readonly StagedOperation[],
  faults: readonly Fault[],
): Promise<SimReport> {
  const limit = { maxRestarts: LIMIT, withinMs: WITHIN_MS };
  const stage = { nodes: 4, children: 4, operations, faults, durationMs: 18_000, ...limit };
  const checkers = Object.keys(checkerFactories);
  const report = await simulate({ ...staged(stage), checkers, seed: 3, lane: 'inproc' });
  expect(report.violation).toBeUndefined();
  expect(report.failures).toEqual([]);
  return report;
}

function count({ observed }: SimReport, kind: string): number {
  return observed.filter(({ observation }) => observation.kind === kind).length;
}

/** So many crashes of children on one node after the other, from `fromMs` on. */
function crashes(number: number, fromMs: number): StagedOperation[] {
  return Array.from({ length: number }, (_, at) =>
    crashOf(1 + (at % 4), fromMs + 700 * at, at % 4),
  );
}

/** The clocks of the supervisor's node and of another one, between the first crashes. */
function jumps(jumpMs: number, atMs = FIRST_MS + 300): Fault[] {
  return [0, 2].map((node) => ({ kind: 'clock', node, jumpMs, atMs }));
}

const HOUR_MS = 3_600_000;

describe.each([-HOUR_MS, 0, HOUR_MS])('with a jump of %d ms', (jumpMs) => {
  it.each([LIMIT - 1, LIMIT])('the supervisor outlives %d crashes on as many nodes', async (n) => {
    const report = await run(crashes(n, FIRST_MS), jumps(jumpMs));
    expect(count(report, 'supervisor_ended')).toBe(0);
    expect(count(report, 'fenced_started')).toBe(4 + n);
  });

  it('the supervisor ends with the crash beyond its limit, once, and all children', async () => {
    const report = await run(crashes(LIMIT + 1, FIRST_MS), jumps(jumpMs));
    expect(count(report, 'supervisor_ended')).toBe(1);
    expect(count(report, 'fenced_started')).toBe(4 + LIMIT);
    expect(count(report, 'fenced_ended')).toBe(4 + LIMIT);
  });

  it('the loss of a node is one of the crashes', async () => {
    const loss: Fault = { kind: 'crash', node: 3, atMs: FIRST_MS + 2300, mode: 'closes' };
    const within = await run(crashes(LIMIT - 1, FIRST_MS), [...jumps(jumpMs), loss]);
    expect(count(within, 'supervisor_ended')).toBe(0);
    const beyond = await run(crashes(LIMIT, FIRST_MS), [...jumps(jumpMs), loss]);
    expect(count(beyond, 'supervisor_ended')).toBe(1);
  });

  it('what is older than the window counts no more, and nothing younger is forgotten', async () => {
    const [old, fresh] = [crashes(LIMIT, FIRST_MS), crashes(LIMIT, FIRST_MS + WITHIN_MS + 1500)];
    const report = await run([...old, ...fresh], jumps(jumpMs, FIRST_MS + 4000));
    expect(count(report, 'supervisor_ended')).toBe(0);
    expect(count(report, 'fenced_started')).toBe(4 + 2 * LIMIT);
  });
});
