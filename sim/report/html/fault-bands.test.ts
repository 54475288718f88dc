import { expect, it } from 'vitest';
import { entriesOf } from '../../testing/entries.js';
import { faultBands } from './fault-bands.js';

const nodeIds = ['a@1', 'b@2', 'c@3'];
const WORLD = 0xffff;

it('a fault lasts until it is healed, by its own name', () => {
  const groups = [[0], [1, 2]];
  const entries = entriesOf(
    [1, WORLD, 'partition', { detail: { id: 'p', groups } }],
    [2, WORLD, 'cut', { detail: { id: 'c', pairs: [[0, 2]] } }],
    [3, WORLD, 'heal', { detail: { id: 'p' } }],
  );
  expect(faultBands(entries, nodeIds, 9000)).toMatchObject([
    { kind: 'partition', nodes: [0, 1, 2], sides: [0, 1, 1], fromUs: 1000, toUs: 3000 },
    { kind: 'cut', nodes: [0, 2], sides: [], fromUs: 2000, toUs: 9000 },
  ]);
});

it('a node is down from its crash until it starts again, and a crash ends its pause', () => {
  const entries = entriesOf(
    [1, 1, 'pause', { detail: { id: 'x', forMs: 50 } }],
    [2, 1, 'crash', { detail: { mode: 'silent' } }],
    [3, 0, 'restart', { detail: {} }],
    [4, 1, 'restart', { detail: {} }],
  );
  expect(faultBands(entries, nodeIds, 9000)).toMatchObject([
    { kind: 'pause', nodes: [1], toUs: 2000 },
    { kind: 'down', nodes: [1], fromUs: 2000, toUs: 4000, text: 'b falls silent' },
  ]);
});

it('a link that flaps is drawn for as long as it is gone', () => {
  const detail = (way: string) => ({ detail: { id: 'f', between: [0, 1], way } });
  const entries = entriesOf(
    [1, WORLD, 'flap', detail('down')],
    [2, WORLD, 'flap', detail('up')],
    [4, WORLD, 'flap', detail('down')],
    [5, WORLD, 'heal', { detail: { id: 'f' } }],
  );
  const spans = faultBands(entries, nodeIds, 9000).map(({ fromUs, toUs }) => [fromUs, toUs]);
  expect(spans).toEqual([
    [1000, 2000],
    [4000, 5000],
  ]);
});
