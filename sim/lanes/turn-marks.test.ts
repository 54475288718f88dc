import { expect, it } from 'vitest';
import { TurnMarks } from './turn-marks.js';

it('shows the turn that runs to whoever shares the marks, and none between turns', () => {
  const inside = new TurnMarks();
  const outside = new TurnMarks(inside.shared);
  expect(outside.running()).toBeUndefined();
  inside.begin(0, { nowUs: 3e9 + 1, input: { kind: 'operation', operation: 'spin' } });
  expect(outside.running()).toEqual({ node: 0, turn: 1, nowUs: 3e9 + 1, input: 'operation' });
  inside.end();
  expect(outside.running()).toBeUndefined();
  inside.resume(0);
  expect(outside.running()).toMatchObject({ node: 0, turn: 2, input: 'operation' });
});

it('carries the word that a run is called off', () => {
  const inside = new TurnMarks();
  const outside = new TurnMarks(inside.shared);
  outside.isAborted = true;
  expect(inside.isAborted).toBe(true);
  outside.isAborted = false;
  expect(inside.isAborted).toBe(false);
});
