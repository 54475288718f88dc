import { describe, expect, it } from 'vitest';
import { FailureDetector } from './failure-detector.js';

describe('the failure detector', () => {
  it('judges silence by whole thresholds, and no earlier', () => {
    const detector = new FailureDetector({ intervalMs: 1000, missThreshold: 3 }, 0);
    const watch = detector.watch(0);
    expect(detector.verdict(watch, 1999)).toBe('alive');
    expect(detector.verdict(watch, 2000)).toBe('suspect');
    expect(detector.verdict(watch, 2999)).toBe('suspect');
    expect(detector.verdict(watch, 3000)).toBe('lost');
  });

  it('asks to be woken for each heartbeat and for each verdict between two', () => {
    const detector = new FailureDetector({ intervalMs: 1000, missThreshold: 3 }, 0);
    const watch = detector.watch(0);
    detector.heard(watch, 300);
    expect(duesOf(detector, 5)).toEqual([1000, 2000, 2300, 3000, 3300]);
  });

  it('sends a heartbeat an interval, whatever else it is woken for', () => {
    const detector = new FailureDetector({ intervalMs: 1000, missThreshold: 2 }, 0);
    detector.watch(300);
    detector.settle(300);
    expect(detector.wake(1000)).toBe(true);
    detector.settle(1000);
    expect(detector.dueMs).toBe(1300);
    expect(detector.wake(1300)).toBe(false);
  });

  it('does not count a delay of its own as the silence of others', () => {
    const detector = new FailureDetector({ intervalMs: 1000, missThreshold: 3 }, 0);
    const watch = detector.watch(0);
    detector.settle(0);
    detector.wake(1800);
    expect(detector.verdict(watch, 2000)).toBe('alive');
    expect(detector.verdict(watch, 3799)).toBe('suspect');
    expect(detector.verdict(watch, 3800)).toBe('lost');
  });

  it('starts everybody afresh after a delay of more than an interval', () => {
    const detector = new FailureDetector({ intervalMs: 1000, missThreshold: 3 }, 0);
    const watch = detector.watch(0);
    detector.settle(0);
    expect(detector.wake(9000)).toBe(true);
    detector.settle(9000);
    expect(detector.verdict(watch, 10_999)).toBe('alive');
    expect(detector.verdict(watch, 12_000)).toBe('lost');
    expect(detector.dueMs).toBe(10_000);
    expect(watch.heardMs).toBe(0);
  });

  it('catches up on heartbeats with one, and not with all that were missed', () => {
    const detector = new FailureDetector({ intervalMs: 1000, missThreshold: 3 }, 0);
    expect(detector.wake(5000)).toBe(true);
    detector.settle(5000);
    expect(detector.wake(5001)).toBe(false);
    expect(detector.dueMs).toBe(6000);
  });

  it('forgets who is no longer watched', () => {
    const detector = new FailureDetector({ intervalMs: 1000, missThreshold: 1 }, 0);
    detector.forget(detector.watch(500));
    detector.wake(1000);
    detector.settle(1000);
    expect(detector.dueMs).toBe(2000);
  });
});

function duesOf(detector: FailureDetector, count: number): number[] {
  const duesMs: number[] = [];
  for (let index = 0; index < count; index += 1) {
    duesMs.push(detector.dueMs);
    detector.wake(detector.dueMs);
    detector.settle(detector.dueMs);
  }
  return duesMs;
}
