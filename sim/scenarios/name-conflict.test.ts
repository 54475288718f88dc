import { describe, expect, it } from 'vitest';
import type { Fault, Operation } from '../plan.js';
import { operationAt, staged } from '../planted/stage.js';
import { type SimReport, simulate } from '../simulate.js';
import type { Observed } from '../world-report.js';

const NAME = 'the one';
const HEALED_MS = 7000;
// To redial after the longest pause of the workload, which is 5 seconds.
const BOUND_MS = 6000;

/** Nodes of every group lose those of the others; each registrar claims the name meanwhile. */
function merged(
  seed: number,
  registrars: readonly number[],
  faults: readonly Fault[],
  operations: readonly Operation[] = [],
): Promise<SimReport> {
  const claims = registrars.map((node, at) => {
    return operationAt(node, 4000 + 500 * at, { kind: 'register', name: NAME });
  });
  const options = staged({ nodes: 5, faults, durationMs: 26_000 });
  const plan = { faults, operations: [...options.plan!.operations, ...claims, ...operations] };
  const checkers = ['S9', 'L2', 'L3'];
  return simulate({ ...options, plan, seed, checkers, lane: 'inproc', keepEntries: 0 });
}

function told(report: SimReport, kind: string): Observed[] {
  return report.observed.filter(({ observation }) => observation.kind === kind);
}

/** What `whereis` gave for the name on each node in the end. */
function owners(report: SimReport): unknown[] {
  return told(report, 'final_names').map(({ observation }) => {
    return new Map(observation['names'] as [string, string][]).get(NAME);
  });
}

/** Every loser was told, then ended, by its own node and soon enough; the winner lives. */
function expectOneOwner(report: SimReport, registrars: readonly number[], byMs: number): void {
  expect(report.violation).toBeUndefined();
  expect(report.failures).toEqual([]);
  const claimed = told(report, 'registered').map(({ observation }) => observation['processId']);
  expect(claimed.length).toBe(registrars.length);
  const [winner] = owners(report);
  expect(claimed).toContain(winner);
  expect(owners(report)).toEqual(Array(5).fill(winner));
  const losers = claimed.filter((id) => id !== winner);
  const heard = told(report, 'told_of_loss');
  expect(heard.map(({ observation }) => observation['processId']).sort()).toEqual(losers.sort());
  for (const { atUs, node, event, observation } of heard) {
    const id = observation['processId'];
    expect(atUs / 1000).toBeLessThanOrEqual(byMs);
    const exits = told(report, 'exited').filter((exit) => exit.observation['id'] === id);
    expect(exits).toMatchObject([{ node, observation: { reason: 'shutdown' } }]);
    expect(exits[0]!.event).toBeGreaterThanOrEqual(event);
    expect(exits[0]!.atUs / 1000).toBeLessThanOrEqual(byMs);
  }
}

describe('a name that every side of a partition registered', () => {
  it('has one owner everywhere after 2|3 met again; the loser was told and ended', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const groups = [
        [0, 1],
        [2, 3, 4],
      ];
      const split = { kind: 'partition', groups, atMs: 1000, forMs: HEALED_MS - 1000 } as const;
      const report = await merged(seed, [1, 3], [split]);
      expect(told(report, 'told_of_loss').length).toBe(1);
      expectOneOwner(report, [1, 3], HEALED_MS + BOUND_MS);
    }
  });

  it('has one owner everywhere in whichever order three sides meet', async () => {
    const sides = [[0, 1], [2, 3], [4]] as const;
    const links = [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const;
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
      [0, 0, 0],
    ];
    for (const [seed, order] of orders.entries()) {
      const cuts = links.map(([left, right], at): Fault => {
        const pairs = sides[left].flatMap((one) => sides[right].map((two) => [one, two] as const));
        return { kind: 'cut', pairs, atMs: 1000, forMs: HEALED_MS - 1000 + 2000 * order[at]! };
      });
      const report = await merged(seed, [1, 2, 4], cuts);
      expectOneOwner(report, [1, 2, 4], HEALED_MS + 4000 + BOUND_MS);
      expect(told(report, 'told_of_loss').length).toBe(2);
    }
  });
});
