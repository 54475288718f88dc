import { expect, it } from 'vitest';
import { simModule } from '../bundle.js';
import type { Plan } from '../plan.js';
import { nodeSpec, simulate, type SimReport } from '../simulate.js';

it('leaves the threads of living nodes to the next run, which is none the wiser', async () => {
  const crash: Plan = { faults: [{ kind: 'crash', node: 1, atMs: 500 }], operations: [] };
  const first = await chat(crash);
  const second = await chat(crash);
  expect(second.traceHash).toBe(first.traceHash);
  const [kept, crashed] = threadsOf(first);
  expect(threadsOf(second)).toContain(kept);
  expect(threadsOf(second)).not.toContain(crashed);
  expect(second.threadEnds).toMatchObject([{ node: 1, exited: true }]);
});

it('gives a run of another program threads of its own', async () => {
  const [kept] = threadsOf(await chat());
  const other = await chat(undefined, 'testing/clocks');
  expect(threadsOf(other)).not.toContain(kept);
  expect(threadsOf(await chat())).toContain(kept);
});

function chat(plan?: Plan, program = 'testing/chatter'): Promise<SimReport> {
  return simulate({
    program: { entry: simModule(program) },
    nodes: 2,
    lane: 'worker',
    settings: { peers: [nodeSpec(0, undefined).address], everyMs: 100 },
    durationMs: 1000,
    ...(plan === undefined ? {} : { plan }),
  });
}

function threadsOf({ threads }: SimReport): number[] {
  return threads.map(({ threadId }) => threadId);
}
