import { describe, expect, it } from 'vitest';
import type { CloseReason, Link } from '../src/platform/transport.js';
import { oneWayRule } from './faults/one-way.js';
import { partitionRule } from './faults/partition.js';
import { type NetworkBench, networkBench } from './network-bench.js';

const seeds = Array.from({ length: 30 }, (_, seed) => seed);

describe('a faulty network', () => {
  it('holds what crosses a partition, then delivers all of it or breaks the link', async () => {
    const fates = new Set<string>();
    for (const seed of seeds) {
      const bench = makeBench(seed);
      const { near, far, link } = await connect(bench);
      bench.network.rules.add(partitionRule('split', [[0], [1]]));
      for (let n = 0; n < 10; n++) link.send(Uint8Array.of(n));
      await bench.runUntil(bench.nowMs() + 10_000);
      expect(far.frames).toEqual([]);
      bench.network.rules.remove('split');
      bench.network.release();
      await bench.settle(() => true);
      fates.add(far.closed ?? 'delivered');
      if (far.closed === undefined) expect(far.frames).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      else expect([near.closed, far.closed, far.frames]).toEqual(['lost', 'lost', []]);
    }
    expect([...fates].sort()).toEqual(['delivered', 'lost']);
  });

  it('lets the other direction through when only one is cut', async () => {
    const bench = makeBench(1);
    const { near, far, link } = await connect(bench);
    bench.network.rules.add(oneWayRule('cut', [0], [1]));
    link.send(Uint8Array.of(1));
    far.link?.send(Uint8Array.of(2));
    await bench.settle(() => true);
    expect([near.frames, far.frames]).toEqual([[2], []]);
  });

  it('opens a dial that began in a partition once it heals', async () => {
    const bench = makeBench(1);
    await listen(bench);
    bench.network.rules.add(partitionRule('split', [[0], [1]]));
    const near = dial(bench);
    await bench.runUntil(1500);
    bench.network.rules.remove('split');
    bench.network.release();
    await bench.settle(() => true);
    expect([near.opened, near.closed]).toEqual([true, undefined]);
  });

  it('ends a dial to a host that is gone as unreachable, after the time to connect', async () => {
    const bench = makeBench(1);
    await listen(bench);
    bench.network.crash(bench.hosts[1], 'silent');
    const near = dial(bench);
    await bench.runUntil(4999);
    expect(near.closed).toBe(undefined);
    await bench.runUntil(5000);
    expect(near.closed).toBe('unreachable');
  });

  it('tells nothing of a host that is gone, until it runs again and is spoken to', async () => {
    const bench = makeBench(1);
    const { near, link } = await connect(bench);
    bench.network.crash(bench.hosts[1], 'silent');
    await bench.runUntil(bench.nowMs() + 60_000);
    expect(near.closed).toBe(undefined);
    bench.network.restart(bench.hosts[1]);
    await bench.runUntil(bench.nowMs() + 60_000);
    expect(near.closed).toBe(undefined);
    link.send(Uint8Array.of(1));
    await bench.settle(() => true);
    expect(near.closed).toBe('lost');
  });

  it('breaks a link whose bytes a gone host swallowed soon after the host runs again', async () => {
    const bench = makeBench(1);
    const { near, link } = await connect(bench);
    bench.network.crash(bench.hosts[1], 'silent');
    link.send(Uint8Array.of(1));
    await bench.runUntil(bench.nowMs() + 60_000);
    bench.network.restart(bench.hosts[1]);
    await bench.settle(() => true);
    expect(near.closed).toBe('lost');
  });

  it('delivers the first of what a crashed process sent, then ends the link', async () => {
    const fates = new Set<string>();
    for (const seed of seeds) {
      const bench = makeBench(seed);
      const { near, far } = await connect(bench);
      for (let n = 0; n < 5; n++) far.link?.send(Uint8Array.of(n));
      await bench.runUntil(bench.nowMs());
      bench.network.crash(bench.hosts[1], 'closes');
      await bench.settle(() => true);
      expect(near.frames).toEqual([0, 1, 2, 3, 4].slice(0, near.frames.length));
      if (near.closed === 'closed-there') expect(near.frames).toHaveLength(5);
      fates.add(near.closed ?? 'open');
    }
    expect([...fates].sort()).toEqual(['closed-there', 'lost']);
  });

  it('breaks both ends at once when a rule cuts', async () => {
    const bench = makeBench(1);
    const { near, far, link } = await connect(bench);
    bench.network.rules.add({ id: 'cut', judge: () => ({ kind: 'cut' }) });
    link.send(Uint8Array.of(1));
    await bench.settle(() => true);
    expect([near.closed, far.closed, far.frames]).toEqual(['lost', 'lost', []]);
  });

  it('keeps the order behind a frame that a rule delays', async () => {
    const bench = makeBench(1);
    const { far, link } = await connect(bench);
    bench.network.rules.add({
      id: 'slow',
      judge: ({ bytes }) => (bytes?.[0] === 1 ? { kind: 'delay', byUs: 300_000 } : undefined),
    });
    for (const n of [0, 1, 2]) link.send(Uint8Array.of(n));
    const sentMs = bench.nowMs();
    await bench.settle(() => true);
    expect(far.frames).toEqual([0, 1, 2]);
    expect(far.lastMs - sentMs).toBeGreaterThan(300);
  });
});

interface End {
  opened: boolean;
  closed: CloseReason | undefined;
  link: Link | undefined;
  lastMs: number;
  readonly frames: number[];
}

function makeBench(seed: number): NetworkBench {
  return networkBench(seed, {
    latencyUs: { min: 200, max: 5000 },
    connectTimeoutUs: 5_000_000,
    buffer: { highBytes: 65_536, lowBytes: 32_768 },
  });
}

async function listen(bench: NetworkBench): Promise<End> {
  const end = makeEnd();
  await bench.right.listen((link) => {
    end.link = link;
    return eventsOf(bench, end);
  });
  await bench.runUntil(0);
  return end;
}

function dial(bench: NetworkBench): End & { readonly link: Link } {
  const end = makeEnd();
  return Object.assign(end, {
    link: bench.left.dial(bench.addresses.right, eventsOf(bench, end)),
  });
}

async function connect(bench: NetworkBench) {
  const far = await listen(bench);
  const near = dial(bench);
  await bench.runUntil(100);
  expect(near.opened && far.opened).toBe(true);
  return { near, far, link: near.link };
}

function makeEnd(): End {
  return { opened: false, closed: undefined, link: undefined, lastMs: 0, frames: [] };
}

function eventsOf(bench: NetworkBench, end: End) {
  return {
    onOpen: () => void (end.opened = true),
    onFrame: (frame: Uint8Array) => {
      end.lastMs = bench.nowMs();
      end.frames.push(frame[0] as number);
    },
    onClose: (reason: CloseReason) => void (end.closed = reason),
  };
}
