import { expect, it } from 'vitest';
import { createNodePlatform } from '../platform/node-platform.js';
import { SteadySource } from './steady-source.js';

const { log } = createNodePlatform();
const quiet = { ...log, warn: () => undefined };

it('gives a plain list once', async () => {
  let asked = 0;
  const source = new SteadySource(() => {
    asked += 1;
    return [{ word: 'apple' }, { word: 'banana' }];
  }, quiet);
  expect(await source.next()).toHaveLength(2);
  expect(await source.next()).toEqual([]);
  const soFar = asked;
  expect(await source.next()).toEqual([]);
  expect(asked).toBe(soFar + 1);
});

it('gives every task of a queue in which all are alike', async () => {
  const queue = Array.from({ length: 61 }, () => ({ kind: 'poll' }));
  const source = new SteadySource(() => queue.splice(0, 2), quiet);
  let given = 0;
  for (let round = 0; round < 100; round++) given += (await source.next()).length;
  expect(given).toBe(61);
});

it('goes on with a list that has changed', async () => {
  let word = 'apple';
  const source = new SteadySource(() => [{ word }], quiet);
  expect(await source.next()).toEqual([{ word: 'apple' }]);
  expect(await source.next()).toEqual([]);
  word = 'banana';
  expect(await source.next()).toEqual([{ word: 'banana' }]);
});
