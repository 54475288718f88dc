import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LivelockError, VirtualPlatform } from './virtual-platform.js';

describe('VirtualPlatform', () => {
  it('lets time stand still until it is moved, and never back', () => {
    const platform = new VirtualPlatform({ startMs: 5, epochMs: 1000 });
    expect([platform.clock.nowMs(), platform.clock.wallMs()]).toEqual([5, 1005]);
    platform.advanceTo(7.5);
    expect([platform.clock.nowMs(), platform.clock.wallMs()]).toEqual([7.5, 1007]);
    platform.advanceTo(3);
    expect(platform.clock.nowMs()).toBe(7.5);
  });

  it('fires timers by their deadlines, and equal deadlines in the order they were set in', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5 }), { maxLength: 50 }), (delays) => {
        const platform = new VirtualPlatform();
        const fired: [delayMs: number, index: number][] = [];
        delays.forEach((delayMs, index) => {
          platform.timers.after(delayMs, () => fired.push([delayMs, index]));
        });
        for (let at = platform.nextDeadlineMs; at !== undefined; at = platform.nextDeadlineMs) {
          platform.advanceTo(at);
          platform.fireDue();
        }
        const expected = delays.map((delayMs, index) => [delayMs, index] as [number, number]);
        expected.sort(([left, first], [right, second]) => left - right || first - second);
        expect(fired).toEqual(expected);
      }),
    );
  });

  it('fires nothing before its time and nothing that was cancelled', () => {
    const platform = new VirtualPlatform();
    const fired: string[] = [];
    const cancelled = platform.timers.after(10, () => fired.push('cancelled'));
    platform.timers.after(20, () => fired.push('kept'));
    expect(cancelled.cancel()).toBe(true);
    expect(cancelled.cancel()).toBe(false);
    expect(platform.nextDeadlineMs).toBe(20);
    platform.advanceTo(19.9);
    expect(platform.fireDue()).toEqual([]);
    platform.advanceTo(20);
    expect(platform.fireDue()).toEqual([1]);
    expect(fired).toEqual(['kept']);
  });

  it('fires a timer that was set for now by a timer that fires now', () => {
    const platform = new VirtualPlatform();
    const fired: string[] = [];
    platform.timers.after(0, () => {
      fired.push('outer');
      platform.timers.after(-1, () => fired.push('inner'));
    });
    platform.fireDue();
    expect(fired).toEqual(['outer', 'inner']);
    expect(platform.nextDeadlineMs).toBeUndefined();
  });

  it('takes the turns of its run queue in order, once the code that runs is through', async () => {
    const platform = new VirtualPlatform();
    const taken: number[] = [];
    for (const name of [1, 2]) platform.runQueue.push({ takeTurn: () => taken.push(name) });
    expect(taken).toEqual([]);
    await Promise.resolve();
    expect(taken).toEqual([1, 2]);
  });

  it('calls turns without end at one instant a livelock, and counts anew at the next', () => {
    const platform = new VirtualPlatform({ turnsPerInstantMax: 3 });
    const push = (): void => platform.runQueue.push({ takeTurn: () => undefined });
    for (let turn = 0; turn < 3; turn++) push();
    expect(push).toThrow(LivelockError);
    platform.advanceTo(1);
    expect(push).not.toThrow();
  });

  it('draws the same from the same seed, and apart for choices and for secrets', () => {
    const draw = (seed: number): [number[], number[]] => {
      const { random, entropy } = new VirtualPlatform({ seed });
      return [Array.from({ length: 16 }, () => random.below(256)), [...entropy.bytes(16)]];
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(8)).not.toEqual(draw(7));
    const [choices, secrets] = draw(7);
    expect(choices).not.toEqual(secrets);
  });

  it('keeps what was logged, with the time, but no debug lines', () => {
    const platform = new VirtualPlatform();
    platform.advanceTo(3);
    platform.log.debug('nothing');
    platform.log.warn('something', { why: 'a test' });
    const line = { level: 'warn', message: 'something', fields: { why: 'a test' }, atMs: 3 };
    expect(platform.logged).toEqual([line]);
  });
});
