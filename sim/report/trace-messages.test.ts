import { expect, it } from 'vitest';
import { entriesOf } from '../testing/entries.js';
import { messagesOf } from './trace-messages.js';

it('a message goes from its sending to its arrival, by its number', () => {
  const entries = entriesOf(
    [1, 0, 'send', { message: 4, peer: 1, frame: 'call', link: 0 }],
    [2, 1, 'send', { message: 5, peer: 0, frame: 'heartbeat', link: 1 }],
    [3, 1, 'frame', { message: 4, peer: 0, frame: 'call', link: 1 }],
  );
  expect(messagesOf(entries)).toEqual([
    { message: 4, from: 0, to: 1, sent: 0, ended: 2, what: 'call', fate: 'arrived' },
    { message: 5, from: 1, to: 0, sent: 1, what: 'heartbeat', fate: 'underway' },
  ]);
});

it('a message that nobody was there to take is lost, and a dial may be refused', () => {
  const entries = entriesOf(
    [1, 0, 'send', { message: 1, peer: 1, frame: 'cast' }],
    [1, 0, 'dial', { message: 2, peer: 1 }],
    [2, 1, 'held', { message: 1, peer: 0 }],
    [3, 1, 'swallowed', { message: 1, peer: 0 }],
    [4, 1, 'refused', { message: 2, peer: 0 }],
  );
  expect(messagesOf(entries).map(({ what, fate, ended }) => [what, fate, ended])).toEqual([
    ['cast', 'lost', 3],
    ['dial', 'refused', 4],
  ]);
});

it('of a message that came twice the first arrival counts', () => {
  const entries = entriesOf(
    [1, 0, 'send', { message: 1, peer: 1, frame: 'cast' }],
    [2, 1, 'frame', { message: 1, peer: 0 }],
    [3, 1, 'frame', { message: 1, peer: 0 }],
  );
  expect(messagesOf(entries)).toMatchObject([{ ended: 1, fate: 'arrived' }]);
});

it('what only its receiver tells of has no line', () => {
  expect(messagesOf(entriesOf([1, 0, 'opened', { message: 1, peer: 1 }]))).toEqual([]);
});
