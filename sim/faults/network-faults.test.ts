import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/cluster/frame.js';
import { Draws } from '../draw.js';
import type { Passage } from '../fault.js';
import type { Delay } from '../plan.js';
import type { SimReport } from '../simulate.js';
import { notesOf, runStations, toldBy } from '../testing/station-run.js';
import { Chance } from './chance.js';
import { delayUs } from './delay.js';
import { frameKindOf } from './frame-kind.js';
import { frameLossRule } from './frame-loss.js';
import { bridge, clog, datagrams, delay, flap, heartbeatLoss, isolate, oneWay } from './verbs.js';

const heard = (report: SimReport, node: number): string[] =>
  toldBy(report, node).filter((told) => told.startsWith('heard'));

const seeds = Array.from({ length: 12 }, (_, seed) => seed + 1);

describe('a clog', () => {
  it('breaks no connection, and lets all that waited go at once', async () => {
    for (const seed of seeds) {
      const report = await runStations({
        faults: [clog(0, 1, { atMs: 100, forMs: 400 })],
        operations: [{ node: 0, atMs: 150, operation: { say: [1, 2, 3] } }],
        options: { seed },
      });
      expect(toldBy(report, 1)).toEqual(['started 1', 'open', 'heard 1', 'heard 2', 'heard 3']);
      const last = report.observed.filter(({ observation }) => observation.kind === 'heard');
      expect(last.map(({ atUs }) => atUs)).toEqual([500_000, 500_000, 500_000]);
    }
  });

  it('opens a dial that it held once it is over, if nobody has given up', async () => {
    const dial = { node: 0, atMs: 200, operation: 'dial' as const };
    const kept = await runStations({
      faults: [clog(0, 1, { atMs: 100, forMs: 1000 })],
      operations: [dial],
    });
    expect(toldBy(kept, 0).filter((told) => told === 'open')).toHaveLength(2);
    const lost = await runStations({
      faults: [clog(0, 1, { atMs: 100, forMs: 1000 })],
      operations: [dial],
      options: { connectTimeoutMs: 500 },
    });
    expect(toldBy(lost, 0)).toEqual(['started 1', 'open', 'closed unreachable']);
  });
});

describe('a bridge', () => {
  it('keeps its ends apart and lets everything pass through the middle', async () => {
    const report = await runStations({
      nodes: 3,
      faults: [bridge([0], 1, [2], { atMs: 100, forMs: 9000 })],
      operations: [0, 1, 2].map((node) => {
        return { node, atMs: 200, operation: { say: [node] } };
      }),
    });
    expect([0, 1, 2].map((node) => heard(report, node).sort())).toEqual([
      ['heard 1'],
      ['heard 0', 'heard 2'],
      ['heard 1'],
    ]);
  });
});

describe('a flapping link', () => {
  it('goes and comes by turns until its end, and tells of each turn', async () => {
    const report = await runStations({
      faults: [flap([0, 1], { atMs: 100, forMs: 250, downMs: 60, upMs: 40 })],
    });
    const what = { id: 'flap 0-1 at 100', between: [0, 1] };
    expect(notesOf(report)).toEqual([
      ['flap', { ...what, forMs: 250, downMs: 60, upMs: 40 }],
      ['flap', { ...what, way: 'up' }],
      ['flap', { ...what, way: 'down' }],
      ['flap', { ...what, way: 'up' }],
      ['flap', { ...what, way: 'down' }],
      ['heal', { id: what.id, kind: 'flap' }],
    ]);
    const turns = report.observed.filter(({ observation }) => /flap/.test(observation.kind));
    expect(turns.map(({ atUs }) => atUs / 1000)).toEqual([100, 160, 200, 260, 300]);
  });

  it('holds what crosses while it is down', async () => {
    const report = await runStations({
      faults: [flap([0, 1], { atMs: 100, forMs: 1000, downMs: 500, upMs: 500 })],
      operations: [
        { node: 0, atMs: 200, operation: { say: [1] } },
        { node: 0, atMs: 2000, operation: { say: [2] } },
      ],
    });
    const first = report.observed.find(({ observation }) => /heard|closed/.test(observation.kind));
    expect(first?.atUs).toBeGreaterThan(600_000);
  });
});

describe('a delay', () => {
  it('keeps the order, and holds back what is behind', async () => {
    const report = await runStations({
      faults: [delay({ kind: 'uniform', minMs: 0, maxMs: 200 }, { atMs: 100, forMs: 2000 })],
      operations: [{ node: 0, atMs: 200, operation: { say: [1, 2, 3, 4, 5, 6] } }],
    });
    expect(heard(report, 1)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `heard ${n}`));
    const last = report.observed.filter(({ observation }) => observation.kind === 'heard').at(-1);
    expect(last?.atUs).toBeGreaterThan(300_000);
    expect(report.faults).toEqual([
      { id: 'latency at 100', kind: 'latency', struck: 1, atUs: 100_000, verdicts: 12 },
    ]);
  });

  it('does not carry anything through a partition', async () => {
    const report = await runStations({
      faults: [
        delay(100, { atMs: 100, forMs: 4900 }),
        isolate(0, { nodes: 2, atMs: 250, forMs: 4700 }),
      ],
      operations: [{ node: 0, atMs: 200, operation: { say: [1] } }],
    });
    expect(heard(report, 1)).toEqual([]);
  });

  it.each<[Delay, number, number]>([
    [{ kind: 'constant', ms: 7 }, 7, 7],
    [{ kind: 'uniform', minMs: 10, maxMs: 20 }, 10, 20],
    [{ kind: 'exponential', meanMs: 10 }, 0, 400],
    [{ kind: 'bimodal', fastMs: 1, slowMs: 90, slowShare: 0.1 }, 1, 90],
  ])('of %j lies where it should', (distribution, minMs, maxMs) => {
    const draws = new Draws(1);
    const count = 2000;
    const delaysMs = Array.from({ length: count }, (_, n) => {
      return delayUs(distribution, draws.number('delay', n) / 2 ** 53) / 1000;
    });
    expect(Math.min(...delaysMs)).toBeGreaterThanOrEqual(minMs);
    expect(Math.max(...delaysMs)).toBeLessThanOrEqual(maxMs);
    const meanMs = delaysMs.reduce((sum, ms) => sum + ms, 0) / count;
    const expectedMs = { constant: 7, uniform: 15, exponential: 10, bimodal: 9.9 };
    expect(Math.abs(meanMs - expectedMs[distribution.kind])).toBeLessThan(1);
  });
});

describe('a loss of frames', () => {
  const passage: Passage = {
    ...{ what: 'frame', from: 0, to: 1, connection: 5, direction: 0, number: 3, nowUs: 0 },
    bytes: encodeFrame({ kind: 'heartbeat', processCount: 1, sequence: 1 }),
  };
  const chance = new Chance(new Draws(1), 'loss');

  it('reaches frames of its kinds alone, on the ways that it names', () => {
    const rule = frameLossRule('loss', heartbeatLoss(1, { atMs: 0, forMs: 1, from: [0] }), chance);
    expect(rule.judge(passage)).toEqual({ kind: 'drop' });
    expect(rule.judge({ ...passage, from: 1, to: 0 })).toBeUndefined();
    expect(rule.judge({ ...passage, bytes: encodeFrame({ kind: 'ready' }) })).toBeUndefined();
    expect(rule.judge({ ...passage, bytes: Uint8Array.of(1) })).toBeUndefined();
    expect(rule.judge({ ...passage, what: 'close', bytes: undefined })).toBeUndefined();
  });

  it('loses the share that it was told to', () => {
    const rule = frameLossRule('loss', heartbeatLoss(0.3, { atMs: 0, forMs: 1 }), chance);
    const lost = Array.from({ length: 1000 }, (_, number) => rule.judge({ ...passage, number }));
    const share = lost.filter((verdict) => verdict !== undefined).length / 1000;
    expect(Math.abs(share - 0.3)).toBeLessThan(0.05);
  });

  it('reads the kind of a frame from any bytes without a fuss', () => {
    expect(frameKindOf(passage.bytes as Uint8Array)).toBe('heartbeat');
    for (const bytes of [[], [1], [1, 255], [9, 6], [0, 0]]) {
      expect(frameKindOf(Uint8Array.from(bytes))).toBeUndefined();
    }
  });
});

describe('datagrams', () => {
  const say = Array.from({ length: 100 }, (_, n) => n + 1);
  const sent = { node: 0, atMs: 200, operation: { say, bytes: 8 } };
  const during = { atMs: 100, forMs: 2000 };

  it('get lost', async () => {
    const report = await runStations({
      faults: [datagrams({ ...during, drop: 0.2 })],
      operations: [sent],
    });
    const got = heard(report, 1);
    expect(got.length).toBeGreaterThan(60);
    expect(got.length).toBeLessThan(95);
    expect(report.entries.filter(({ kind }) => kind === 'dropped')).toHaveLength(100 - got.length);
  });

  it('come twice', async () => {
    const report = await runStations({
      faults: [datagrams({ ...during, duplicate: 0.2 })],
      operations: [sent],
      // A copy takes no room of its own in the buffer of its sender.
      options: { bufferBytes: 1000 },
    });
    const got = heard(report, 1);
    expect(new Set(got).size).toBe(100);
    expect(got.length).toBeGreaterThan(105);
  });

  it('come in another order', async () => {
    const report = await runStations({
      faults: [datagrams({ ...during, reorder: 0.3 })],
      operations: [sent],
    });
    const got = heard(report, 1).map((told) => Number(told.slice('heard '.length)));
    expect(got).not.toEqual(say);
    expect([...got].sort((left, right) => left - right)).toEqual(say);
  });

  it('come with one bit wrong', async () => {
    const report = await runStations({
      faults: [datagrams({ ...during, corrupt: 1, from: [0] })],
      operations: [{ node: 0, atMs: 200, operation: { say: [0], bytes: 1 } }],
    });
    const [got = ''] = heard(report, 1);
    const byte = Number(got.slice('heard '.length));
    expect(byte.toString(2).replaceAll('0', '')).toBe('1');
    const corrupted = report.entries.find(({ kind }) => kind === 'corrupted');
    const [send, frame] = ['send', 'frame'].map((kind) =>
      report.entries.find(
        (entry) => entry.kind === kind && entry.node === (kind === 'send' ? 0 : 1),
      ),
    );
    expect(corrupted?.message).toBe(send?.message);
    expect(frame?.message).toBe(send?.message);
    expect(frame?.digest).not.toBe(send?.digest);
  });
});

describe('a way that is closed', () => {
  it('stays open in the other direction', async () => {
    const report = await runStations({
      faults: [oneWay([0], [1], { atMs: 100, forMs: 9000 })],
      operations: [0, 1].map((node) => ({ node, atMs: 200, operation: { say: [node] } })),
    });
    expect([heard(report, 0), heard(report, 1)]).toEqual([['heard 1'], []]);
    expect(notesOf(report)).toEqual([
      ['one-way', { id: 'one-way at 100', from: [0], to: [1], forMs: 9000 }],
    ]);
  });
});
