import { afterEach, expect, it } from 'vitest';
import { GenServer } from '../otp/facades.js';
import { createNodePlatform } from '../platform/node-platform.js';
import { ledgerServer } from './ledger-server.js';
import { forgetfulStore } from './store.js';

const { log } = createNodePlatform();

const started: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of started.splice(0)) await stop();
});

/** A ledger whose clock goes when it is told to. */
async function ledgerAt(time: { nowMs: number }) {
  const clock = { nowMs: () => time.nowMs, wallMs: () => time.nowMs };
  const options = { leaseMs: 20_000 };
  const store = forgetfulStore();
  const host = { options, store, clock, log, resumeGraceMs: 5000 };
  const ref = await GenServer.start(ledgerServer(host));
  started.push(() => GenServer.stop(ref));
  return ref;
}

it('takes no try from a worker that could not be heard while the process stood still', async () => {
  const time = { nowMs: 1000 };
  const ref = await ledgerAt(time);
  await GenServer.call(ref, { kind: 'add', task: { taskType: 'build', taskId: 'long' } });
  const asking = { workerId: 'anna', taskTypes: ['*'] };
  await GenServer.call(ref, { kind: 'assign', asking });
  const claims = [{ taskId: 'long', attempt: 1, workerId: 'anna' }];
  const other = { kind: 'assign', asking: { workerId: 'bert', taskTypes: ['*'] } } as const;
  // Twice the lease, in which it may have been renewed: what came is read after this.
  time.nowMs += 40_000;
  expect(await GenServer.call(ref, other)).toBeUndefined();
  expect(await GenServer.call(ref, { kind: 'renew', claims })).toEqual([true]);
  // Once more, and this time the worker says nothing.
  time.nowMs += 40_000;
  expect(await GenServer.call(ref, other)).toBeUndefined();
  time.nowMs += 5000;
  expect(await GenServer.call(ref, other)).toMatchObject({ task: { taskId: 'long' }, attempt: 2 });
});
