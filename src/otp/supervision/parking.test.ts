import { expect, test } from 'vitest';
import { Stage, spec } from './testing/stage.js';

test('a start that was asked for and is lost on its way is tried elsewhere, at no charge', () => {
  const intensity = { maxRestarts: 0, withinMs: 5000 };
  for (const strategy of ['one_for_one', 'rest_for_one'] as const) {
    const stage = Stage.up({ strategy, intensity }, 'a');
    stage.send({ kind: 'startChild', token: 1, spec: spec('t', 'temporary') });
    expect(stage.lost('t')).toEqual(['start t']);
    expect(stage.started('t')).toEqual(['reply 1 ok']);
  }
});

test('a start that is lost together with a child before it waits for that one', () => {
  const stage = Stage.up({ strategy: 'rest_for_one' }, 'a');
  stage.send({ kind: 'startChild', token: 1, spec: spec('t') });
  expect(stage.lost('t', 'a')).toEqual(['start a']);
  expect(stage.started('a')).toEqual(['start t']);
  expect(stage.started('t')).toEqual(['reply 1 ok']);
});

test('a request about a child that no node takes as it starts for good has its turn then', () => {
  const stage = Stage.up({}, 'a');
  stage.send({ kind: 'startChild', token: 1, spec: spec('t', 'temporary') });
  expect(stage.send({ kind: 'restartChild', token: 2, id: 't' })).toEqual([]);
  expect(stage.lost('t')).toEqual(['start t']);
  expect(stage.held('t')).toEqual(['reply 1 startFailed', 'reply 2 notFound']);
});

test('a request about all children waits for none', () => {
  const stage = Stage.up({}, 'a');
  stage.exited('a');
  const [inspected] = stage.effects({ kind: 'inspect', token: 1 });
  expect(inspected).toMatchObject({ kind: 'inspected', children: [{ status: 'starting' }] });
});

test('a new child of an id that is on its way down waits until that one is gone', () => {
  const stage = Stage.up({}, 'a');
  stage.send({ kind: 'terminateChild', token: 1, id: 'a' });
  expect(stage.send({ kind: 'startChild', token: 2, spec: spec('a') })).toEqual([]);
  expect(stage.send({ kind: 'startChild', token: 3, spec: spec('b') })).toEqual(['start b']);
  expect(stage.stopped('a')).toEqual(['reply 1 ok', 'start a']);
});
