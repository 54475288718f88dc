import { describe, expect, it } from 'vitest';
import { runVirtual, sleep } from '../platform/run-virtual.js';
import { VirtualPlatform } from '../platform/virtual-platform.js';
import type { CloseReason, LinkEvents } from '../platform/transport.js';
import { describeLinkContract } from './link-contract.js';
import { memoryBench } from './memory-bench.js';
import { MemoryNetwork } from './memory.js';

describeLinkContract('memory', async () => memoryBench(new VirtualPlatform()));
describeLinkContract('memory with latency', async () =>
  memoryBench(new VirtualPlatform(), { latencyMs: 5 }),
);
describeLinkContract('memory with little room', async () =>
  memoryBench(new VirtualPlatform(), { highWaterBytes: 512 }),
);

describe('a memory network', () => {
  it('delivers a frame one latency after it was sent', async () => {
    await runVirtual(async (platform) => {
      const network = new MemoryNetwork(platform, { latencyMs: 20 });
      const arrivedMs: number[] = [];
      await network.transport('b').listen(() => ({
        ...silent,
        onFrame: () => void arrivedMs.push(platform.clock.nowMs()),
      }));
      const link = network.transport('a').dial('b', silent);
      link.send(new Uint8Array(1));
      await sleep(platform, 100);
      link.send(new Uint8Array(1));
      await sleep(platform, 100);
      expect(arrivedMs).toEqual([20, 120]);
    });
  });

  it('lets one transport at a time listen at an address', async () => {
    const network = new MemoryNetwork(new VirtualPlatform());
    await network.transport('a').listen(() => silent);
    const second = network.transport('a').listen(() => silent);
    await expect(second).rejects.toMatchObject({ code: 'ERR_LISTEN', address: 'a' });
  });

  it('gives an address back when its transport closes', async () => {
    await runVirtual(async (platform) => {
      const network = new MemoryNetwork(platform);
      const first = network.transport('a');
      await first.listen(() => silent);
      await first.close();
      await expect(network.transport('a').listen(() => silent)).resolves.toBe('a');
    });
  });

  it('keeps the bytes of a frame apart from the buffer it was sent from', async () => {
    await runVirtual(async (platform) => {
      const network = new MemoryNetwork(platform);
      const frames: Uint8Array[] = [];
      const keep = { ...silent, onFrame: (frame: Uint8Array) => void frames.push(frame) };
      await network.transport('b').listen(() => keep);
      const buffer = Buffer.from([1, 2, 3]);
      network.transport('a').dial('b', silent).send(buffer);
      buffer.fill(0);
      await sleep(platform, 1);
      expect(frames).toEqual([new Uint8Array([1, 2, 3])]);
    });
  });

  it('severs the links between two addresses and no others', async () => {
    await runVirtual(async (platform) => {
      const network = new MemoryNetwork(platform);
      await network.transport('b').listen(() => silent);
      await network.transport('c').listen(() => silent);
      const ends: [string, CloseReason][] = [];
      const note = (name: string): LinkEvents => ({
        ...silent,
        onClose: (reason) => void ends.push([name, reason]),
      });
      const a = network.transport('a');
      a.dial('b', note('b'));
      a.dial('c', note('c'));
      await sleep(platform, 1);
      network.sever('b', 'a');
      await sleep(platform, 1);
      expect(ends).toEqual([['b', 'lost']]);
    });
  });
});

const silent: LinkEvents = { onFrame: () => undefined, onClose: () => undefined };
