import { describe, expect, it } from 'vitest';
import { GenServer } from '../otp/facades.js';
import { Supervisor } from '../otp/supervisor/supervisor.js';
import { runVirtual, sleep } from '../platform/run-virtual.js';
import type { VirtualPlatform } from '../platform/virtual-platform.js';
import { setCurrentRuntime } from '../runtime/current.js';
import { Runtime } from '../runtime/runtime.js';
import { endInOrder } from './orderly-end.js';

interface World {
  readonly platform: VirtualPlatform;
  readonly told: string[];
  /** Starts a server that tells of its end, which takes so long. */
  server(name: string, endMs?: number): Promise<{ readonly id: string }>;
  end(timeoutMs: number): Promise<void>;
}

function inWorld(body: (world: World) => Promise<void>) {
  return () =>
    runVirtual(async (platform) => {
      const runtime = new Runtime(platform);
      setCurrentRuntime(runtime);
      const told: string[] = [];
      const server: World['server'] = (name, endMs = 0) =>
        GenServer.start({
          init: () => 0,
          handleCall: (_question: never, count: number) => [count, count],
          handleCast: (by: number, count: number) => {
            told.push(`${name} ${count + by}`);
            return count + by;
          },
          terminate: async () => {
            if (endMs > 0) await sleep(platform, endMs);
            told.push(`end of ${name}`);
          },
        });
      await body({
        platform,
        told,
        server,
        end: (timeoutMs) => endInOrder(runtime, { timeoutMs }),
      });
      expect([...runtime.processes]).toEqual([]);
    });
}

describe('a node that ends', () => {
  it(
    'ends what was started last first, each after the one that needs it',
    inWorld(async ({ server, told, end }) => {
      const start = (name: string) => ({ id: name, start: () => server(name, 10) });
      await Supervisor.start({ children: [start('store'), start('cache')] });
      await server('api', 100);
      await end(10_000);
      expect(told).toEqual(['end of api', 'end of cache', 'end of store']);
    }),
  );

  it(
    'lets each handle what it was sent before',
    inWorld(async ({ server, told, end }) => {
      const ref = await server('a');
      for (const by of [1, 2]) GenServer.cast(ref, by as never);
      await end(10_000);
      expect(told).toEqual(['a 1', 'a 3', 'end of a']);
    }),
  );

  it(
    'kills what takes longer than half of its time, and logs that',
    inWorld(async ({ platform, server, told, end }) => {
      await server('first');
      const { id } = await server('slow', 60_000);
      const startMs = platform.clock.nowMs();
      await end(2000);
      expect(platform.clock.nowMs() - startMs).toBe(1000);
      expect(told).not.toContain('end of slow');
      const [entry] = platform.logged.filter(({ message }) => message.startsWith('killed'));
      expect(entry?.fields).toMatchObject({ count: 2 });
      expect(JSON.stringify(entry)).toContain(id);
    }),
  );

  it(
    'is done at once when it runs nothing',
    inWorld(({ end }) => end(0)),
  );
});
