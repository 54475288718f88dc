import { expect, it } from 'vitest';
import { story } from '../testing/story.js';
import { callCounts } from './calls.js';

it('calls are counted by what became of them, and those after the last kill apart', () => {
  const observed = story(
    [1, 0, 'asked', { op: 1 }],
    [2, 0, 'asked', { op: 2 }],
    [3, 1, 'asked', { op: 3 }],
    [4, 1, 'world_crash'],
    [5, 0, 'answered', { op: 1 }],
    [6, 0, 'asked', { op: 4 }],
    [7, 0, 'unanswered', { op: 2, code: 'ERR_NODE_NOT_REACHABLE' }],
    [8, 0, 'answered', { op: 4 }],
    [9, 0, 'received'],
    [9, 0, 'unplaced', { op: 5 }],
  );
  expect(callCounts(observed)).toEqual({
    asked: 4,
    answered: 2,
    unanswered: { 'node not reachable': 1 },
    open: 1,
    answeredAfterLastKill: 1,
    unplaced: 1,
    received: 1,
  });
});
