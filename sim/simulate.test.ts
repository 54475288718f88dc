import { describe, expect, it } from 'vitest';
import { simModule } from './bundle.js';
import { TurnOverrunError } from './lanes/lane.js';
import type { Plan } from './plan.js';
import { nodeSpec, simulate, type SimOptions, type SimReport } from './simulate.js';

const program = { entry: simModule('testing/chatter') };

function chatter(options: Partial<SimOptions> & { count?: number } = {}): Promise<SimReport> {
  const { count = 4, ...rest } = options;
  const peers = Array.from({ length: count }, (_, at) => nodeSpec(at, undefined).address);
  const settings = { peers, everyMs: 10 };
  return simulate({ program, nodes: count, settings, durationMs: 2000, ...rest });
}

const rough: Plan = {
  faults: [
    { kind: 'crash', node: 1, atMs: 300, mode: 'closes', restartAfterMs: 400 },
    { kind: 'crash', node: 2, atMs: 500, mode: 'silent', restartAfterMs: 500 },
    { kind: 'crash', node: 0, atMs: 900, afterOutputs: 0, restartAfterMs: 30 },
    {
      kind: 'partition',
      groups: [
        [0, 1],
        [2, 3],
      ],
      atMs: 1200,
      forMs: 300,
    },
    { kind: 'one-way', from: [3], to: [0], atMs: 1300, forMs: 300 },
  ],
  operations: [
    { node: 3, atMs: 100, operation: { say: 'hello' } },
    { node: 3, atMs: 1700, operation: 'reject later' },
    { node: 1, atMs: 1750, operation: 'throw in a tick' },
    { node: 0, atMs: 1800, operation: 'exit' },
  ],
};

describe('a simulated run', () => {
  it('repeats itself to the byte, and another seed gives another run', async () => {
    const first = await chatter({ lane: 'inproc', plan: rough, seed: 7 });
    const again = await chatter({ lane: 'inproc', plan: rough, seed: 7 });
    const other = await chatter({ lane: 'inproc', plan: rough, seed: 8 });
    expect(again.traceHash).toBe(first.traceHash);
    expect(other.traceHash).not.toBe(first.traceHash);
    expect(first.end).toBe('duration');
  });

  it('gives the same trace hash in the worker lane and in the in-process lane', async () => {
    for (const seed of [1, 2, 3]) {
      const inproc = await chatter({ lane: 'inproc', plan: rough, seed });
      const worker = await chatter({ lane: 'worker', plan: rough, seed });
      expect(worker.events).toBe(inproc.events);
      expect(worker.traceHash).toBe(inproc.traceHash);
      expect(worker.failures.map(({ failure }) => failure.message)).toEqual(
        inproc.failures.map(({ failure }) => failure.message),
      );
    }
  });

  it('ends the thread of a crashed node, and gives the next life another one', async () => {
    const { threads, threadEnds } = await chatter({ lane: 'worker', plan: rough });
    expect(threadEnds.every(({ exited }) => exited)).toBe(true);
    expect(new Set(threads.map(({ threadId }) => threadId)).size).toBe(threads.length);
    expect(threads.filter(({ node }) => node === 1).map((info) => info.incarnation)).toEqual([
      1, 2,
    ]);
  });

  it('crashes a node whose promise nobody caught, and no other one', async () => {
    for (const operation of ['throw', 'reject later', 'throw in a tick', 'touch the world']) {
      const plan: Plan = { faults: [], operations: [{ node: 2, atMs: 100, operation }] };
      const report = await chatter({ lane: 'inproc', plan, durationMs: 300 });
      expect(report.failures.map(({ node }) => node)).toEqual([2]);
      expect(report.end).toBe('duration');
    }
  });

  it.each(['inproc', 'worker'] as const)(
    'stops a node that never falls quiet in the %s lane',
    async (lane) => {
      const plan: Plan = { faults: [], operations: [{ node: 2, atMs: 100, operation: 'spin' }] };
      const run = chatter({ lane, plan, turnBudgetMs: 200 });
      await expect(run).rejects.toMatchObject({ name: TurnOverrunError.name, node: 2 });
    },
  );

  it('leaves the rest of a run alone when one operation is taken out of the plan', async () => {
    const quiet = await chatter({ lane: 'inproc', keepEntries: Infinity });
    const plan: Plan = { faults: [], operations: [{ node: 0, atMs: 1e-3, operation: 'wait' }] };
    const busy = await chatter({ lane: 'inproc', keepEntries: Infinity, plan });
    const opened = (report: SimReport) =>
      report.entries.filter(({ kind }) => kind === 'opened').map(({ atUs, node }) => [atUs, node]);
    expect(opened(busy)).toEqual(opened(quiet));
  });
});
