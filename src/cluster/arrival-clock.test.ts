import { expect, it } from 'vitest';
import { ArrivalClock } from './arrival-clock.js';

it('what arrives at once has one time, what comes after a continuation a later one', async () => {
  let [nowMs, reads] = [5, 0];
  const clock = new ArrivalClock(() => {
    reads += 1;
    return nowMs;
  });
  expect([clock.nowMs(), clock.nowMs()]).toEqual([5, 5]);
  nowMs = 7;
  expect([clock.nowMs(), reads]).toEqual([5, 1]);
  await Promise.resolve();
  expect([clock.nowMs(), reads]).toEqual([7, 2]);
});
