import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createNodePlatform } from './node-platform.js';

const DAY_MS = 86_400_000;

describe('A timer of the real platform', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('waits for sixty days, though Node holds no delay of more than 24', () => {
    const { timers } = createNodePlatform();
    let fired = 0;
    const timer = timers.after(60 * DAY_MS, () => (fired += 1));
    vi.advanceTimersByTime(60 * DAY_MS - 1);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(1);
    expect(timer.cancel()).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is cancelled in any leg of a long wait', () => {
    const { timers } = createNodePlatform();
    let fired = 0;
    const timer = timers.after(60 * DAY_MS, () => (fired += 1), { keepAlive: true });
    vi.advanceTimersByTime(30 * DAY_MS);
    expect(timer.cancel()).toBe(true);
    vi.advanceTimersByTime(60 * DAY_MS);
    expect(fired).toBe(0);
  });
});
