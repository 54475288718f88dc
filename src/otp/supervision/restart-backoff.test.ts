import { expect, test } from 'vitest';
import { restartPauseMs } from './restart-backoff.js';

const backoff = { initialMs: 100, maxMs: 1000, factor: 2 };

test('the first restart in a window does not wait', () => {
  expect(restartPauseMs(backoff, 0)).toBe(0);
});

test('each further one waits longer, up to the longest pause', () => {
  const pauses = [1, 2, 3, 4, 5, 6].map((recent) => restartPauseMs(backoff, recent));
  expect(pauses).toEqual([100, 200, 400, 800, 1000, 1000]);
});

test('without a backoff nothing waits', () => {
  expect(restartPauseMs(undefined, 7)).toBe(0);
});
