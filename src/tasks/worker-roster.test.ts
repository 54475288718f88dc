import { expect, it } from 'vitest';
import { WorkerRoster } from './worker-roster.js';

it('forgets the first of many that left and have nothing', () => {
  const roster = new WorkerRoster();
  for (let n = 0; n < 5000; n++) {
    roster.join(`w${n}`, n);
    if (n % 5 > 0) roster.leave(`w${n}`);
    roster.prune((workerId) => workerId === 'w1');
  }
  const kept = ['w0', 'w1', 'w4995', 'w4999'].filter((id) => roster.get(id) !== undefined);
  expect(kept).toEqual(['w0', 'w1', 'w4995', 'w4999']);
  expect(roster.get('w2')).toBeUndefined();
  expect(roster.connectedCount()).toBe(1000);
});
