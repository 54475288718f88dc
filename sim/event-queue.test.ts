import { expect, it } from 'vitest';
import { EventQueue } from './event-queue.js';

it('takes what is known beforehand among the rest, by time, tie and order of scheduling', () => {
  const queue = new EventQueue<string>();
  queue.schedule(10, 5, 'early in line');
  queue.scheduleAll([
    { atUs: 20, tie: 1, event: 'last' },
    { atUs: 10, tie: 5, event: 'same draw, later in line' },
    { atUs: 10, tie: 2, event: 'lower draw' },
  ]);
  queue.schedule(10, 5, 'same draw, last in line');
  const taken: [number, string][] = [];
  for (let event = queue.take(); event !== undefined; event = queue.take()) {
    taken.push([queue.nowUs, event]);
  }
  expect(taken).toEqual([
    [10, 'lower draw'],
    [10, 'early in line'],
    [10, 'same draw, later in line'],
    [10, 'same draw, last in line'],
    [20, 'last'],
  ]);
  expect(queue.nextUs).toBeUndefined();
});
