import { describe, expect, it } from 'vitest';
import { simModule } from './bundle.js';
import { simulate, type SimReport } from './simulate.js';
import type { LaneName } from './lanes/lane.js';
import type { TurnOrderName } from './turn.js';

const SEEDS = Array.from({ length: 12 }, (_, at) => at + 1);

function race(turnOrder: TurnOrderName, seed: number, lane: LaneName = 'inproc') {
  const program = { entry: simModule('testing/race') };
  const plan = { faults: [], operations: [{ node: 0, atMs: 10, operation: 'go' }] };
  return simulate({ program, lane, nodes: 1, plan, seed, turnOrder, durationMs: 50 });
}

function order({ observed }: SimReport): unknown[] {
  return observed.flatMap(({ observation }) =>
    observation.kind === 'shelf' ? [observation['told']] : [],
  );
}

describe('the ready processes of one node', () => {
  it('take turns first come, first served, unless it is said otherwise', async () => {
    for (const seed of SEEDS) {
      expect(order(await race('fifo', seed))).toEqual(['written', 'read']);
    }
  });

  it('take turns by random priorities, so that a bug in their order is found', async () => {
    const orders: unknown[] = [];
    for (const seed of SEEDS) orders.push(order(await race('priorities', seed)));
    expect(orders).toContainEqual(['read', 'written']);
    expect(orders).toContainEqual(['written', 'read']);
  });

  it('take turns by the same priorities again, in both lanes', async () => {
    for (const seed of SEEDS.slice(0, 4)) {
      const [first, again] = [await race('priorities', seed), await race('priorities', seed)];
      const worker = await race('priorities', seed, 'worker');
      expect([again.traceHash, worker.traceHash]).toEqual([first.traceHash, first.traceHash]);
    }
  });
});
