import { expect, test } from 'vitest';
import { isIndependent, reachOf } from './strategy.js';

test('a failure reaches itself, the rest, or all, by strategy', () => {
  expect(reachOf('one_for_one')).toBe('broken');
  expect(reachOf('simple_one_for_one')).toBe('broken');
  expect(reachOf('rest_for_one')).toBe('fromEarliest');
  expect(reachOf('one_for_all')).toBe('all');
});

test('only children whose failures reach nobody else are independent', () => {
  expect(isIndependent('one_for_one')).toBe(true);
  expect(isIndependent('simple_one_for_one')).toBe(true);
  expect(isIndependent('rest_for_one')).toBe(false);
  expect(isIndependent('one_for_all')).toBe(false);
});
