import { describe, expect, test } from 'vitest';
import { Stage, spec } from './testing/stage.js';

describe('A request', () => {
  test('waits until the first children are all up', () => {
    const stage = new Stage({});
    stage.send({ kind: 'start', children: [spec('a')] });
    expect(stage.send({ kind: 'terminateChild', token: 1, id: 'a' })).toEqual([]);
    expect(stage.started('a')).toEqual(['ready', 'stop a']);
  });

  test('waits while a child of a group is on the move', () => {
    const stage = Stage.up({ strategy: 'rest_for_one' }, 'a', 'b');
    stage.exited('b');
    expect(stage.send({ kind: 'deleteChild', token: 1, id: 'x' })).toEqual([]);
    expect(stage.started('b')).toEqual(['reply 1 notFound']);
  });
});

describe('A stop', () => {
  test('waits for what is under way where the host does one thing at a time', () => {
    const stage = Stage.up({ hosting: 'serial' }, 'a');
    stage.exited('a');
    expect(stage.send({ kind: 'stop', reason: 'shutdown' })).toEqual([]);
    expect(stage.started('a')).toEqual(['stop a']);
  });

  test('cuts a group restart short elsewhere', () => {
    const stage = Stage.up({ strategy: 'rest_for_one' }, 'a', 'b');
    stage.exited('b');
    expect(stage.send({ kind: 'stop', reason: 'shutdown' })).toEqual(['abandon b', 'stop a']);
  });

  test('ends a supervisor that never started at once', () => {
    for (const hosting of ['serial', 'concurrent'] as const) {
      const stage = new Stage({ hosting });
      const stop = { kind: 'stop', reason: 'shutdown', token: 1 } as const;
      expect(stage.send(stop)).toEqual(['reply 1 ok', 'exit stop']);
    }
  });

  test('that comes second is answered at the end that the first one brings', () => {
    const stage = Stage.up({}, 'a');
    const [first, second] = [1, 2].map((token) =>
      stage.send({ kind: 'stop', reason: token === 1 ? 'normal' : 'killed', token }),
    );
    expect([first, second]).toEqual([['stop a'], []]);
    const attempt = stage.attempt('a');
    const effects = stage.effects({ kind: 'exited', id: 'a', attempt, reason: 'shutdown' });
    expect(effects.at(-1)).toEqual({ kind: 'exit', cause: 'stop', reason: 'normal' });
    expect(effects.filter(({ kind }) => kind === 'reply')).toHaveLength(2);
  });
});

describe('After the end', () => {
  test('nothing is said to what asks for no answer', () => {
    const stage = Stage.up({}, 'a');
    const attempt = stage.attempt('a');
    stage.send({ kind: 'stop', reason: 'shutdown' });
    stage.stopped('a');
    expect(stage.effects({ kind: 'stop', reason: 'shutdown' })).toEqual([]);
    expect(stage.effects({ kind: 'available' })).toEqual([]);
    expect(stage.effects({ kind: 'exited', id: 'a', attempt, reason: 'normal' })).toEqual([]);
  });

  test('all children are at rest, also those whose turn to start never came', () => {
    const stage = Stage.up({ strategy: 'rest_for_one' }, 'a', 'b', 'c', 'd');
    stage.exited('b');
    stage.stopped('d');
    stage.stopped('c');
    const attempt = stage.attempt('b');
    stage.send({ kind: 'stop', reason: 'shutdown' });
    expect(stage.statuses()).toBe('a stopping,b stopped,c stopped,d stopped');
    expect(stage.effects({ kind: 'started', id: 'b', attempt, handle: 'late' })).toEqual([]);
    expect(stage.stopped('a')).toEqual(['exit stop']);
  });
});

describe('Starts', () => {
  test('are numbered from one on, whichever child they are of', () => {
    const stage = new Stage({});
    expect(stage.kernel.attempts).toBe(0);
    stage.send({ kind: 'start', children: [spec('a'), spec('b')] });
    expect([stage.attempt('a'), stage.kernel.child('b')?.attempt]).toEqual([1, 0]);
    stage.started('a');
    expect([stage.attempt('b'), stage.kernel.attempts]).toEqual([2, 2]);
  });
});
