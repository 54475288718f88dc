import { describe, expect, it } from 'vitest';
import { DeadlockError, runVirtual, sleep } from './run-virtual.js';

describe('runVirtual', () => {
  it('lets an hour pass in no time', async () => {
    const nowMs = await runVirtual(async (platform) => {
      await sleep(platform, 3_600_000);
      return platform.clock.nowMs();
    });
    expect(nowMs).toBe(3_600_000);
  });

  it('moves the clock only when nothing is left to happen at the present instant', async () => {
    const order = await runVirtual(async (platform) => {
      const seen: string[] = [];
      const timer = sleep(platform, 1).then(() => seen.push('timer'));
      for (let hop = 0; hop < 100; hop++) await Promise.resolve();
      seen.push('continuations');
      await new Promise((resolve) => process.nextTick(resolve));
      seen.push('tick');
      await timer;
      return seen;
    });
    expect(order).toEqual(['continuations', 'tick', 'timer']);
  });

  it('fails when the body waits for what can never come', async () => {
    const waiting = runVirtual(async (platform) => {
      await sleep(platform, 25);
      await new Promise(() => undefined);
    });
    await expect(waiting).rejects.toThrow(DeadlockError);
    await expect(waiting).rejects.toMatchObject({ nowMs: 25 });
  });

  it('is not kept waiting by timers that the body does not wait for', async () => {
    const value = await runVirtual(async (platform) => {
      platform.timers.after(1000, () => undefined);
      return platform.clock.nowMs();
    });
    expect(value).toBe(0);
  });

  it('rejects with what the body threw', async () => {
    await expect(runVirtual(() => Promise.reject(new RangeError('no')))).rejects.toThrow('no');
  });
});
