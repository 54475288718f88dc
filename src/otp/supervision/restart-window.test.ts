import { expect, test } from 'vitest';
import { emptyHistory, historyFromAges, recordRestart, restartAges } from './restart-window.js';

const limit = { maxRestarts: 3, withinMs: 1000 };

test('a window allows exactly maxRestarts restarts and gives up on the next', () => {
  const history = emptyHistory();
  const verdicts = [0, 10, 20, 30].map((nowMs) => recordRestart(history, limit, nowMs));
  expect(verdicts).toEqual(['allowed', 'allowed', 'allowed', 'giveUp']);
});

test('a restart exactly withinMs old still counts', () => {
  const history = emptyHistory();
  for (const nowMs of [0, 0, 0]) recordRestart(history, limit, nowMs);
  expect(recordRestart(history, limit, 1000)).toBe('giveUp');
  expect(recordRestart(history, limit, 1000.5)).toBe('allowed');
});

test('maxRestarts 0 gives up on the first restart', () => {
  expect(recordRestart(emptyHistory(), { maxRestarts: 0, withinMs: 1 }, 5)).toBe('giveUp');
});

test('a history never holds more than the limit', () => {
  const history = emptyHistory();
  for (let nowMs = 0; nowMs < 10_000; nowMs += 100) recordRestart(history, limit, nowMs);
  expect(history.length).toBeLessThanOrEqual(3);
});

test('a history moves to another clock as ages', () => {
  const history = emptyHistory();
  for (const nowMs of [100, 400]) recordRestart(history, limit, nowMs);
  const moved = historyFromAges(restartAges(history, 500), 9000);
  expect([...moved]).toEqual([8600, 8900]);
});
