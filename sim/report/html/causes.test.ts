import { expect, it } from 'vitest';
import { entriesOf } from '../../testing/entries.js';
import { causesOf } from './causes.js';

it('what a node does in a turn comes from its entry, and an arrival from its sending', () => {
  const entries = entriesOf(
    [1, 0, 'wake'],
    [1, 0, 'timers', { detail: [3] }],
    [1, 0, 'send', { message: 7, peer: 1 }],
    [2, 1, 'frame', { message: 7, peer: 0 }],
    [2, 1, 'received!', { op: 1 }],
  );
  expect(causesOf(entries)).toEqual([-1, 0, 0, 2, 3]);
});

it('what a plan does comes from nothing in the trace, also right after a turn', () => {
  const entries = entriesOf(
    [1, 0, 'wake'],
    [1, 0, 'crash', { detail: { mode: 'silent' } }],
    [1, 1, 'boot'],
  );
  expect(causesOf(entries)).toEqual([-1, -1, -1]);
});

it('what becomes of a message on its way comes from its sending', () => {
  const entries = entriesOf(
    [1, 0, 'operation', { detail: {} }],
    [1, 0, 'send', { message: 7, peer: 1 }],
    [3, 1, 'held', { message: 7, peer: 0 }],
    [4, 1, 'dropped', { message: 7, peer: 0 }],
  );
  expect(causesOf(entries)).toEqual([-1, 0, 1, 1]);
});
