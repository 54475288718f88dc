import { expect, test } from 'vitest';
import { simModule } from '../sim/bundle.js';
import { crashOf, staged } from '../sim/planted/stage.js';
import { simulate, type SimReport } from '../sim/simulate.js';
import type { CountersSettings } from '../sim/workloads/counters.js';

const rough = staged({
  nodes: 5,
  children: 10,
  faults: [
    { kind: 'crash', node: 2, atMs: 1500 },
    { kind: 'crash', node: 4, atMs: 2500 },
  ],
  operations: [crashOf(1, 1200, 3)],
  durationMs: 8000,
});

test('both lanes give one trace hash for a cluster that loses nodes, seed by seed', async () => {
  const hashes = new Set<string>();
  for (const seed of [1, 2, 3, 4, 5]) {
    const inproc = await simulate({ ...rough, seed, lane: 'inproc' });
    const worker = await simulate({ ...rough, seed, lane: 'worker' });
    expect([worker.events, worker.traceHash]).toEqual([inproc.events, inproc.traceHash]);
    hashes.add(inproc.traceHash);
  }
  expect(hashes.size).toBe(5);
});

test('the hash changes with one number in the payload of heartbeats', async () => {
  const frame = simModule('../src/cluster/frame');
  const alias = { [frame]: simModule('planted/heartbeats-misnumbered') };
  const sound = await quiet();
  const other = await quiet({ program: { ...rough.program, alias } });
  expect(countsOf(other)).toEqual(countsOf(sound));
  expect(other.traceHash).not.toBe(sound.traceHash);
  expect((await quiet()).traceHash).toBe(sound.traceHash);
});

test('the hash changes with a timer that is one millisecond longer', async () => {
  const settings = rough.settings as CountersSettings;
  const heartbeatIntervalMs = settings.heartbeatIntervalMs + 1;
  const longer = await quiet({ settings: { ...settings, heartbeatIntervalMs } });
  expect(longer.traceHash).not.toBe((await quiet()).traceHash);
});

test('five nodes are five threads, and the two that are killed are seen to end', async () => {
  const { threads, threadEnds } = await simulate({ ...rough, lane: 'worker' });
  expect(new Set(threads.map(({ threadId }) => threadId)).size).toBe(5);
  const ends = threadEnds.map(({ threadId, exited }) => ({ threadId, exited }));
  const killed = [2, 4].map((node) => threads.find((thread) => thread.node === node)?.threadId);
  expect(ends).toEqual(killed.map((threadId) => ({ threadId, exited: true })));
});

function quiet(change: Partial<typeof rough> = {}): Promise<SimReport> {
  const plan = { faults: [], operations: [] };
  return simulate({ ...rough, plan, durationMs: 2000, lane: 'inproc', ...change });
}

function countsOf({ events, turns, endedUs }: SimReport): readonly number[] {
  return [events, turns, endedUs];
}
