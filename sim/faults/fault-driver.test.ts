import { describe, expect, it } from 'vitest';
import type { Fault, Plan } from '../plan.js';
import { simModule } from '../bundle.js';
import { staged } from '../planted/stage.js';
import { nodeSpec, simulate, type SimReport } from '../simulate.js';
import { notesOf, runStations, toldBy } from '../testing/station-run.js';
import {
  after,
  bridge,
  clockDrift,
  clockJump,
  clog,
  crash,
  datagrams,
  delay,
  flap,
  halves,
  heartbeatLoss,
  isolate,
  leave,
  oneWay,
  pause,
  restart,
  slow,
} from './verbs.js';

const say = [{ node: 0, atMs: 200, operation: { say: [1, 2, 3] } }];

describe('a fault that is anchored to an event', () => {
  it('strikes right after a frame was sent, before the next one is', async () => {
    const report = await runStations({
      faults: [crash(0, { ...after('sent', { node: 0, nth: 2 }), mode: 'silent' })],
      operations: say,
    });
    expect(toldBy(report, 1)).toEqual(['started 1', 'open', 'heard 1', 'heard 2']);
  });

  it('strikes a node between what it takes and what comes of it', async () => {
    const report = await runStations({
      faults: [crash(1, { ...after('delivered', { node: 1, peer: 0, nth: 2 }), mode: 'closes' })],
      operations: say,
    });
    expect(toldBy(report, 1)).toEqual(['started 1', 'open', 'heard 1', 'heard 2']);
    const crashed = report.entries.findIndex(({ kind }) => kind === 'crash');
    // What it did is seen; nothing of it gets out.
    expect(report.entries[crashed - 1]?.detail).toMatchObject({ kind: 'heard', n: 2 });
    expect(report.entries[crashed - 2]?.kind).toBe('frame');
  });

  it('strikes a while later when told so, and ends as others do', async () => {
    const report = await runStations({
      faults: [
        clog(0, 1, { ...after('observed', { what: 'open', node: 1, plusMs: 30 }), forMs: 50 }),
      ],
    });
    const times = report.observed
      .filter(({ observation }) => /open|world/.test(observation.kind))
      .filter(({ node }) => node !== 0);
    const [opened, clogged, freed] = times.map(({ atUs }) => atUs);
    expect((clogged as number) - (opened as number)).toBe(30_000);
    expect((freed as number) - (clogged as number)).toBe(50_000);
  });

  it('may be anchored to what another fault does', async () => {
    const report = await runStations({
      faults: [
        restart(1, after('observed', { what: 'world_crash' })),
        crash(1, { atMs: 100, mode: 'closes' }),
      ],
    });
    expect(notesOf(report).map(([kind]) => kind)).toEqual(['crash', 'restart']);
    expect(new Set(report.observed.slice(-3).map(({ atUs }) => atUs))).toContain(100_000);
  });

  it('counts for itself, and is reported when its event never came', async () => {
    const report = await runStations({
      faults: [1, 2, 4].map((nth) => clog(0, 1, { ...after('sent', { nth }), forMs: 1 })),
      operations: say,
    });
    expect(report.faults.map(({ id, struck }) => [id, struck])).toEqual([
      ['clog 0>1 after sent * */* 1', 1],
      ['clog 0>1 after sent * */* 2', 1],
      ['clog 0>1 after sent * */* 4', 0],
    ]);
  });
});

describe('the end of all faults', () => {
  it('ends what goes on, and what is planned for later does not strike', async () => {
    const report = await runStations({
      settings: { everyMs: 50 },
      faults: [
        halves(2, { atMs: 100, forMs: 4000 }),
        pause(0, { atMs: 110, forMs: 4000, resume: 'frames' }),
        slow(1, { atMs: 120, forMs: 4000, turnMs: 1 }),
        crash(1, { atMs: 600 }),
        crash(1, { ...after('observed', { what: 'tick', nth: 20 }) }),
      ],
      heal: { atMs: 500 },
    });
    const notes = notesOf(report).map(([kind, detail]) => [kind, (detail as Fault & Id).id]);
    expect(notes).toEqual([
      ['partition', 'partition at 100'],
      ['pause', 'pause 0 at 110'],
      ['slow', 'slow 1 at 120'],
      ['heal', 'partition at 100'],
      ['resume', 'pause 0 at 110'],
      ['heal', 'slow 1 at 120'],
      ['healed', undefined],
    ]);
    expect(report.faults.map(({ struck }) => struck)).toEqual([1, 1, 1, 0, 0]);
    expect(toldBy(report, 0).filter((told) => told.startsWith('tick')).length).toBeGreaterThan(80);
  });

  it('keeps a node down whose return was still to come', async () => {
    const report = await runStations({
      faults: [crash(1, { atMs: 100, restartAfterMs: 1000 })],
      heal: { atMs: 500 },
    });
    expect(toldBy(report, 1)).toEqual(['started 1', 'open']);
  });

  it('cuts what is outside the core off for good', async () => {
    const report = await runStations({
      nodes: 4,
      faults: [isolate(0, { nodes: 4, atMs: 100, forMs: 300 })],
      heal: { atMs: 300, core: [0, 1] },
      operations: [0, 1, 2, 3].map((node) => ({ node, atMs: 1000, operation: { say: [node] } })),
      options: { seed: 2 },
    });
    expect([2, 3].map((node) => toldBy(report, node).filter(isHeard))).toEqual([[], []]);
    const core = [0, 1].flatMap((node) => toldBy(report, node).filter(isHeard));
    expect(core.filter((told) => told === 'heard 2' || told === 'heard 3')).toEqual([]);
    expect(notesOf(report).slice(-2)).toEqual([
      ['partition', { id: 'outside the core', groups: [[0, 1], [2], [3]] }],
      ['healed', { core: [0, 1] }],
    ]);
  });

  interface Id {
    readonly id?: string;
  }

  function isHeard(told: string): boolean {
    return told.startsWith('heard');
  }
});

describe('the trace', () => {
  it('numbers each message from its send to its end, and names the peer', async () => {
    const report = await runStations({ operations: say });
    const crossings = report.entries.filter(({ message }) => message !== undefined);
    const ends = new Map<number, string[]>();
    for (const { message = -1, kind, node, peer } of crossings) {
      ends.set(message, [...(ends.get(message) ?? []), `${kind} ${node} ${peer}`]);
    }
    const told = [...ends.values()].map((steps) => steps.join(', '));
    expect(told.sort()).toEqual([
      'dial 0 1, arrived 1 0',
      'opened 0 1',
      'send 0 1, frame 1 0',
      'send 0 1, frame 1 0',
      'send 0 1, frame 1 0',
    ]);
  });

  it('keeps the number of a dial that is tried again', async () => {
    const report = await runStations({
      faults: [oneWay([0], [1], { atMs: 0, forMs: 2000 })],
    });
    const [dial] = report.entries.filter(({ kind }) => kind === 'dial');
    const steps = report.entries.filter(({ message }) => message === dial?.message);
    expect(steps.map(({ kind }) => kind)).toEqual(['dial', 'held', 'held', 'arrived']);
  });
});

const everyKind: Plan = {
  faults: [
    crash(1, { atMs: 300, restartAfterMs: 30 }),
    crash(2, { atMs: 700, afterOutputs: 0, restartAfterMs: 500 }),
    restart(3, { atMs: 2500 }),
    leave(3, { atMs: 1500 }),
    pause(0, { atMs: 900, forMs: 250 }),
    halves(4, { atMs: 400, forMs: 200 }),
    oneWay([3], [0], { atMs: 800, forMs: 100 }),
    bridge([0], 1, [2, 3], { atMs: 1300, forMs: 150 }),
    heartbeatLoss(0.5, { atMs: 100, forMs: 2000 }),
    delay({ kind: 'exponential', meanMs: 5 }, { atMs: 200, forMs: 2000 }),
    clog(0, 1, { atMs: 1600, forMs: 100 }),
    flap([1, 2], { atMs: 1700, forMs: 300, upMs: 40, downMs: 30 }),
    clockJump(0, 5000, { atMs: 600 }),
    clockDrift(1, -300, { atMs: 650 }),
    slow(2, { atMs: 1900, forMs: 300, turnMs: 3 }),
    datagrams({ atMs: 2100, forMs: 300, drop: 0.1, duplicate: 0.1, reorder: 0.1, corrupt: 0.1 }),
    crash(0, { ...after('delivered', { node: 0, nth: 120 }), restartAfterMs: 50 }),
    isolate(2, { ...after('sent', { node: 2, nth: 20 }), nodes: 4, forMs: 90 }),
  ],
  operations: [{ node: 1, atMs: 2200, operation: { say: 'hello' } }],
  heal: { atMs: 3000, core: [0, 1, 2] },
};

describe('a plan of every kind of fault', () => {
  const run = (lane: 'worker' | 'inproc', plan = everyKind): Promise<SimReport> => {
    const peers = [0, 1, 2, 3].map((at) => nodeSpec(at, undefined).address);
    const settings = { peers, everyMs: 5 };
    const program = { entry: simModule('testing/chatter') };
    return simulate({ program, nodes: 4, settings, lane, plan, seed: 7, durationMs: 4000 });
  };

  it('gives the same hash in both lanes', async () => {
    const [inproc, worker] = [await run('inproc'), await run('worker')];
    expect(inproc.traceHash).toBe(worker.traceHash);
    expect(inproc.faults).toEqual(worker.faults);
    expect(inproc.faults.filter(({ struck }) => struck === 0)).toEqual([]);
  });

  it('gives another hash for every fault that is left out', async () => {
    const hashes = new Set([(await run('inproc')).traceHash]);
    for (const left of everyKind.faults) {
      const faults = everyKind.faults.filter((fault) => fault !== left);
      hashes.add((await run('inproc', { ...everyKind, faults })).traceHash);
    }
    // Nothing there is a heartbeat, so that only its notes tell of that fault.
    expect(hashes.size).toBe(1 + everyKind.faults.length);
  });
});

describe('the counters', () => {
  it.each(everyKind.faults.map((fault) => [fault.kind, fault] as const))(
    'bear %s without an error of the simulator',
    async (_kind, fault) => {
      const report = await simulate({
        ...staged({ faults: [{ ...fault }], durationMs: 8000, nodes: 4 }),
        lane: 'inproc',
      });
      expect(report.failures).toEqual([]);
      expect(report.end).toBe('duration');
    },
  );
});
