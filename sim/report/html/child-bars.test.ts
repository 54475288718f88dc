import { expect, it } from 'vitest';
import { entriesOf } from '../../testing/entries.js';
import { childBars } from './child-bars.js';

const started = (processId: string, sequence: number) => {
  return { childId: 'a', processId, sequence };
};

it('a child that is lost with its node is missed until it starts elsewhere', () => {
  const entries = entriesOf(
    [1, 1, 'fenced_started!', started('p1', 1)],
    [5, 1, 'crash', { detail: { mode: 'silent' } }],
    [9, 2, 'fenced_started!', started('p2', 2)],
  );
  const { children, bars } = childBars(entries, 20_000);
  expect(children).toEqual(['a']);
  expect(bars).toMatchObject([
    { node: 1, incarnation: 1, fromUs: 1000, toUs: 5000, end: 'lost', ghostUs: 9000 },
    { node: 2, incarnation: 2, fromUs: 9000, toUs: 20_000, end: 'runs', ghostUs: null },
  ]);
});

it('a child that its host ended leaves nothing behind', () => {
  const entries = entriesOf(
    [1, 1, 'fenced_started!', started('p1', 1)],
    [5, 1, 'fenced_ended!', { childId: 'a', processId: 'p1' }],
    [6, 1, 'crash', { detail: { mode: 'silent' } }],
  );
  expect(childBars(entries, 20_000).bars).toMatchObject([
    { toUs: 5000, end: 'ended', ghostUs: null, started: 0, ended: 1 },
  ]);
});

it('a child that runs on after its supervisor counted it as lost is stale from then on', () => {
  const entries = entriesOf(
    [1, 1, 'fenced_started!', started('p1', 1)],
    [5, 0, 'children_lost!', { childIds: ['a'], sequences: [1] }],
    [6, 2, 'fenced_started!', started('p2', 2)],
    [8, 0, 'children_lost!', { childIds: ['a'], sequences: [1] }],
  );
  const { bars } = childBars(entries, 20_000);
  expect(bars.map(({ staleUs, toUs }) => [staleUs, toUs])).toEqual([
    [5000, 20_000],
    [null, 20_000],
  ]);
});
