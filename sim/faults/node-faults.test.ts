import { describe, expect, it } from 'vitest';
import { notesOf, runStations, toldBy } from '../testing/station-run.js';
import { clockDrift, clockJump, clockRate, crash, leave, pause, restart, slow } from './verbs.js';

describe('a paused node', () => {
  it('does nothing until it goes on, and then takes all that waited', async () => {
    const report = await runStations({
      faults: [pause(1, { atMs: 100, forMs: 300, resume: 'frames' })],
      operations: [{ node: 0, atMs: 150, operation: { say: [1, 2, 3] } }],
    });
    const heard = report.observed.filter(({ observation }) => observation.kind === 'heard');
    expect(heard.map(({ atUs, observation }) => [atUs, observation['n']])).toEqual([
      [400_000, 1],
      [400_000, 2],
      [400_000, 3],
    ]);
    expect(notesOf(report)).toEqual([
      ['pause', { id: 'pause 1 at 100', forMs: 300, resume: 'frames' }],
      ['resume', { id: 'pause 1 at 100', resume: 'frames' }],
    ]);
  });

  it.each([
    ['timers', ['tick 400', 'heard 1', 'heard 2', 'tick 450']],
    ['frames', ['heard 1', 'heard 2', 'tick 400', 'tick 450']],
  ] as const)('sees its %s first when told so', async (resume, seen) => {
    const report = await runStations({
      settings: { everyMs: 50 },
      faults: [pause(1, { atMs: 101, forMs: 299, resume })],
      operations: [{ node: 0, atMs: 120, operation: { say: [1, 2] } }],
    });
    const since = report.observed.filter(({ node, atUs }) => node === 1 && atUs > 101_000);
    const told = since.filter(({ observation }) => !observation.kind.startsWith('world'));
    const short = told.map(({ observation: { kind, n, atMs } }) => `${kind} ${String(n ?? atMs)}`);
    expect(short.slice(0, 4)).toEqual(seen);
  });

  it('fires its overdue timers in order, at the time at which it goes on', async () => {
    const report = await runStations({
      settings: { everyMs: 50 },
      faults: [pause(1, { atMs: 120, forMs: 500, resume: 'timers' })],
    });
    const ticks = toldBy(report, 1).filter((told) => told.startsWith('tick'));
    expect(ticks.slice(0, 4)).toEqual(['tick 50', 'tick 100', 'tick 620', 'tick 670']);
  });

  it('lets the buffers of its peers fill up', async () => {
    const say = { say: [1, 2, 3, 4], bytes: 500 };
    const report = await runStations({
      faults: [pause(1, { atMs: 100, forMs: 300, resume: 'timers' })],
      operations: [{ node: 0, atMs: 150, operation: say }],
      options: { bufferBytes: 1200 },
    });
    const told = report.observed.filter(({ node }) => node === 0);
    const flow = told.filter(({ observation }) => /full|drained/.test(observation.kind));
    expect(flow.map(({ observation }) => observation.kind)).toEqual(['full', 'full', 'drained']);
    expect(flow.at(-1)?.atUs).toBeGreaterThan(400_000);
    expect(toldBy(report, 1).filter((heard) => heard.startsWith('heard'))).toHaveLength(4);
  });

  it('answers dials by its host alone', async () => {
    const report = await runStations({
      faults: [pause(1, { atMs: 100, forMs: 1000 })],
      operations: [{ node: 0, atMs: 200, operation: 'dial' }],
    });
    const opened = report.observed.filter(({ observation }) => observation.kind === 'open');
    expect(opened.filter(({ node, atUs }) => node === 0 && atUs < 300_000)).toHaveLength(2);
    expect(opened.filter(({ node, atUs }) => node === 1 && atUs >= 1_100_000)).toHaveLength(1);
  });

  it('takes nothing of what waited for it into its next life', async () => {
    const report = await runStations({
      faults: [
        pause(1, { atMs: 100, forMs: 1000 }),
        crash(1, { atMs: 300, mode: 'silent', restartAfterMs: 200 }),
      ],
      operations: [{ node: 0, atMs: 150, operation: { say: [1] } }],
    });
    expect(toldBy(report, 1)).toEqual(['started 1', 'open', 'started 2']);
    expect(toldBy(report, 0)).toContain('closed lost');
    expect(notesOf(report).map(([kind]) => kind)).toEqual(['pause', 'crash', 'restart']);
  });

  it('stands still until the last of its pauses is over', async () => {
    const report = await runStations({
      settings: { everyMs: 50 },
      faults: [pause(1, { atMs: 110, forMs: 200 }), pause(1, { atMs: 200, forMs: 500 })],
    });
    expect(toldBy(report, 1).filter((told) => told.startsWith('tick'))[2]).toBe('tick 700');
  });
});

describe('a slow node', () => {
  it('takes what comes one by one, and its timers fire late', async () => {
    const report = await runStations({
      settings: { everyMs: 100 },
      faults: [slow(1, { atMs: 110, forMs: 2000, turnMs: 60 })],
      operations: [{ node: 0, atMs: 120, operation: { say: [1, 2, 3] } }],
      options: { latencyMs: { min: 1, max: 1 } },
    });
    const told = report.observed.filter(({ node, atUs }) => node === 1 && atUs > 110_000);
    const short = told.map(({ atUs, observation }) => `${atUs / 1000} ${observation.kind}`);
    expect(short.slice(0, 5)).toEqual([
      '121 heard',
      '181 heard',
      '241 heard',
      '301 tick',
      '401 tick',
    ]);
  });

  it('is as fast as ever once the fault is over', async () => {
    const report = await runStations({
      faults: [slow(1, { atMs: 50, forMs: 100, turnMs: 60 })],
      operations: [{ node: 0, atMs: 300, operation: { say: [1, 2, 3] } }],
      options: { latencyMs: { min: 1, max: 1 } },
    });
    const heard = report.observed.filter(({ observation }) => observation.kind === 'heard');
    expect(heard.map(({ atUs }) => atUs)).toEqual([301_000, 301_000, 301_000]);
    expect(notesOf(report).at(-1)).toEqual(['heal', { id: 'slow 1 at 50', kind: 'slow' }]);
  });
});

describe('a wrong clock', () => {
  const asked = [1000, 2000, 3000].map((atMs) => ({ node: 1, atMs, operation: 'time' as const }));

  it('jumps and drifts on the wall alone', async () => {
    const report = await runStations({
      faults: [clockJump(1, -60_000, { atMs: 500 }), clockDrift(1, 500_000, { atMs: 2000.5 })],
      operations: asked,
    });
    expect(timesOf(report)).toEqual([
      [1000, -59_000],
      [2000, -58_000],
      [3000, -56_501],
    ]);
  });

  it('stays wrong when the node starts again, and drifts on meanwhile', async () => {
    const report = await runStations({
      faults: [
        clockDrift(1, 100_000, { atMs: 0 }),
        crash(1, { atMs: 1500, restartAfterMs: 100 }),
        restart(1, { atMs: 1550 }),
      ],
      operations: asked,
    });
    expect(timesOf(report).map(([, wallMs]) => wallMs)).toEqual([1100, 2200, 3300]);
  });

  it('takes time itself along when time passes too fast, in the next life too', async () => {
    const report = await runStations({
      faults: [
        clockRate(1, 100_000, { atMs: 0 }),
        crash(1, { atMs: 1500, restartAfterMs: 100 }),
        restart(1, { atMs: 1550 }),
      ],
      operations: asked,
    });
    expect(timesOf(report)).toEqual([
      [1100, 1100],
      [2045, 2200],
      [3145, 3300],
    ]);
  });

  it('goes right on in a node that is paused', async () => {
    const report = await runStations({
      faults: [pause(1, { atMs: 400, forMs: 300 }), clockJump(1, 5000, { atMs: 500 })],
      operations: asked.slice(0, 1),
    });
    expect(timesOf(report)).toEqual([[1000, 6000]]);
  });

  it('runs as fast as others again after the heal, and keeps what it is ahead', async () => {
    const report = await runStations({
      faults: [clockDrift(1, 1_000_000, { atMs: 0 })],
      heal: { atMs: 1500 },
      operations: asked,
    });
    expect(timesOf(report).map(([, wallMs]) => wallMs)).toEqual([2000, 3500, 4500]);
  });

  function timesOf(report: Awaited<ReturnType<typeof runStations>>): (readonly number[])[] {
    const { epochMs } = report.config;
    return report.observed
      .filter(({ observation }) => observation.kind === 'time')
      .map(({ observation: { nowMs, wallMs } }) => [nowMs as number, (wallMs as number) - epochMs]);
  }
});

describe('a node that leaves', () => {
  it('says goodbye, exits, and comes back when told to', async () => {
    const report = await runStations({
      faults: [leave(1, { atMs: 100, restartAfterMs: 200 })],
    });
    expect(toldBy(report, 1)).toEqual(['started 1', 'open', 'leaving', 'started 2']);
    expect(toldBy(report, 0)).toEqual(['started 1', 'open', 'heard 0', 'closed closed-there']);
    expect(notesOf(report)).toEqual([
      ['leave', { id: 'leave 1 at 100', restartAfterMs: 200 }],
      ['crash', { mode: 'exits' }],
      ['restart', { id: 'leave 1 at 100' }],
    ]);
    const restarted = report.observed.find(({ observation }) => /restart/.test(observation.kind));
    expect(restarted?.atUs).toBe(320_000);
  });

  it('exits at once when its program knows nothing of leaving', async () => {
    const report = await runStations({
      settings: { isRude: true },
      faults: [leave(1, { atMs: 100 })],
    });
    expect(toldBy(report, 0)).toEqual(['started 1', 'open', 'closed closed-there']);
    expect(report.faults).toEqual([
      { id: 'leave 1 at 100', kind: 'leave', struck: 1, atUs: 100_000 },
    ]);
  });

  it('stays down when it is killed before it has left', async () => {
    const report = await runStations({
      faults: [leave(1, { atMs: 100, restartAfterMs: 200 }), crash(1, { atMs: 110 })],
    });
    expect(toldBy(report, 1)).toEqual(['started 1', 'open', 'leaving']);
  });
});
