import { expect, test } from 'vitest';
import { badCombination, triggersAutoShutdown } from './auto-shutdown.js';
import type { ChildPolicy } from './child-policy.js';

const significant: ChildPolicy = {
  id: 'a',
  restart: 'transient',
  shutdown: 5000,
  significant: true,
};

test('any_significant: the end of one significant child is enough', () => {
  expect(triggersAutoShutdown('any_significant', significant, 3)).toBe(true);
});

test('all_significant: only the end of the last one counts', () => {
  expect(triggersAutoShutdown('all_significant', significant, 1)).toBe(false);
  expect(triggersAutoShutdown('all_significant', significant, 0)).toBe(true);
});

test('other children, and a supervisor set to never, trigger nothing', () => {
  const other = { ...significant, significant: false };
  expect(triggersAutoShutdown('any_significant', other, 0)).toBe(false);
  expect(triggersAutoShutdown('never', significant, 0)).toBe(false);
});

test('in Erlang significant goes with neither never nor permanent; never is seen first', () => {
  const permanent = { restart: 'permanent', significant: true } as const;
  expect(badCombination('never', permanent)).toBe('never');
  expect(badCombination('any_significant', permanent)).toBe('permanent');
  expect(badCombination('any_significant', significant)).toBeUndefined();
  expect(badCombination('never', { ...permanent, significant: false })).toBeUndefined();
});
