import { describe, expect, test } from 'vitest';
import { Stage, spec } from './testing/stage.js';

describe('a child that no node can take', () => {
  test('waits at no charge and starts when a node appears', () => {
    const stage = Stage.up({ intensity: { maxRestarts: 1, withinMs: 1000 } }, 'a');
    stage.lost('a');
    for (let tries = 0; tries < 5; tries++) {
      expect(stage.held('a')).toEqual([]);
      expect(stage.send({ kind: 'available' })).toEqual(['start a']);
    }
    expect(stage.started('a')).toEqual([]);
    expect(stage.statuses()).toBe('a running');
  });

  test('holds back the children after it under rest_for_one', () => {
    const stage = Stage.up({ strategy: 'rest_for_one' }, 'a', 'b', 'c');
    stage.lost('b', 'c');
    expect(stage.held('b')).toEqual([]);
    expect(stage.statuses()).toBe('a running,b waiting,c pending');
    expect(stage.send({ kind: 'available' })).toEqual(['start b']);
    expect(stage.started('b')).toEqual(['start c']);
  });

  test('goes on where the pass stood under one_for_all, and stops nothing again', () => {
    const stage = Stage.up({ strategy: 'one_for_all' }, 'a', 'b', 'c');
    stage.lost('a', 'b', 'c');
    stage.started('a');
    expect(stage.held('b')).toEqual([]);
    expect(stage.statuses()).toBe('a running,b waiting,c pending');
    expect(stage.send({ kind: 'available' })).toEqual(['start b']);
    expect(stage.started('b')).toEqual(['start c']);
    expect(stage.started('c')).toEqual([]);
    expect(stage.statuses()).toBe('a running,b running,c running');
  });

  test('no longer holds the others back once it is terminated', () => {
    const stage = Stage.up({ strategy: 'rest_for_one' }, 'a', 'b', 'c');
    stage.lost('b', 'c');
    stage.held('b');
    expect(stage.send({ kind: 'terminateChild', token: 1, id: 'b' })).toEqual([
      'reply 1 ok',
      'start c',
    ]);
  });

  test('is refused to the one who asked for it', () => {
    const stage = Stage.up({}, 'a');
    stage.send({ kind: 'startChild', token: 1, spec: spec('b') });
    expect(stage.held('b')).toEqual(['reply 1 startFailed']);
    expect(stage.statuses()).toBe('a running');
  });

  test('holds nobody back when it was refused to the one who asked for it', () => {
    const stage = Stage.up({ strategy: 'rest_for_one' }, 'a');
    stage.send({ kind: 'startChild', token: 1, spec: spec('b') });
    stage.held('b');
    expect(stage.exited('a')).toEqual(['start a']);
  });

  test('starts side by side with others that waited as well', () => {
    const stage = Stage.up({}, 'a', 'b', 'c');
    stage.lost('a', 'c');
    stage.held('a');
    stage.held('c');
    expect(stage.send({ kind: 'available' })).toEqual(['start a', 'start c']);
  });
});
