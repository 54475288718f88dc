import { expect, it } from 'vitest';
import { simModule } from '../bundle.js';
import type { Plan } from '../plan.js';
import { nodeSpec, simulate } from '../simulate.js';
import { type LaneName, TURN_BUDGET_MS, TurnOverrunError } from './lane.js';

const cases: readonly [LaneName, string][] = [
  ['inproc', 'spin'],
  ['inproc', 'loop'],
  ['worker', 'spin'],
  ['worker', 'loop'],
];

it.each(cases)('ends a run with an endless loop within 2 s (%s lane, %s)', async (lane, loop) => {
  const plan: Plan = {
    faults: [],
    operations: [
      { node: 1, atMs: 100, operation: 'wait' },
      { node: 1, atMs: 110, operation: loop },
    ],
  };
  let sinceMs = NaN;
  const observed = (): void => void (sinceMs = performance.now());
  const settings = { peers: [nodeSpec(0, undefined).address], everyMs: 1000 };
  const run = simulate({
    program: { entry: simModule('testing/chatter') },
    nodes: 2,
    lane,
    plan,
    settings,
    durationMs: 1000,
    follower: { kinds: ['operated'], observed },
  });
  const error: unknown = await run.catch((thrown: unknown) => thrown);
  const tookMs = performance.now() - sinceMs;
  expect(error).toBeInstanceOf(TurnOverrunError);
  expect(error).toMatchObject({ node: 1, nowUs: 110_000 });
  const { id } = nodeSpec(1, undefined);
  const place = 'at 110 ms of virtual time, which an operation of the workload began';
  expect((error as Error).message).toContain(
    `${id} did not fall quiet within ${TURN_BUDGET_MS} ms`,
  );
  expect((error as Error).message).toContain(place);
  expect(tookMs).toBeLessThan(2000);
});
