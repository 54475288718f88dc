import { describe, expect, test } from 'vitest';
import { Stage, boom, spec } from './testing/stage.js';

const backoff = { initialMs: 100, maxMs: 1000, factor: 2 };
const anySignificant = { autoShutdown: 'any_significant' } as const;

describe('A restart that fails', () => {
  test('is tried again at once, unless pauses are set and others came before it', () => {
    const stage = Stage.up({ hosting: 'serial' }, 'a');
    stage.exited('a');
    const failed = { kind: 'failed', id: 'a', attempt: stage.attempt('a'), reason: boom } as const;
    const [, retry] = stage.effects(failed);
    expect(Object.entries(retry ?? {})).toEqual([
      ['kind', 'retry'],
      ['id', 'a'],
    ]);
  });

  test('is tried again after a pause where pauses are set', () => {
    const stage = Stage.up({ hosting: 'serial', backoff }, 'a');
    stage.exited('a');
    const failed = { kind: 'failed', id: 'a', attempt: stage.attempt('a'), reason: boom } as const;
    expect(stage.effects(failed)).toContainEqual({ kind: 'retry', id: 'a', delayMs: 100 });
    expect(stage.statuses()).toBe('a restarting');
  });

  test('does not keep the others that were lost with it from starting', () => {
    const stage = Stage.up({ hosting: 'serial' }, 'a', 'b');
    expect(stage.lost('a', 'b')).toEqual(['start a']);
    expect(stage.failed('a')).toEqual(['retry a', 'start b']);
    expect(stage.started('b')).toEqual([]);
    expect(stage.send({ kind: 'retry', id: 'a' })).toEqual(['start a']);
  });

  test('is no failed start of the supervisor, though not all of its children are up yet', () => {
    const stage = new Stage({});
    stage.send({ kind: 'start', children: [spec('a'), spec('b')] });
    stage.started('a');
    expect(stage.exited('a')).toEqual(['start a']);
    expect(stage.failed('a')).toEqual(['retry a']);
    expect(stage.started('b')).toEqual([]);
    expect(stage.send({ kind: 'retry', id: 'a' })).toEqual(['start a']);
    expect(stage.started('a')).toEqual(['ready']);
  });
});

describe('A restart', () => {
  test('waits for its pause after others, and takes place when the pause is over', () => {
    const stage = Stage.up({ hosting: 'serial', backoff }, 'a');
    expect(stage.exited('a')).toEqual(['start a']);
    stage.started('a');
    const attempt = stage.attempt('a');
    const exited = { kind: 'exited', id: 'a', attempt, reason: boom } as const;
    expect(stage.effects(exited)).toContainEqual({ kind: 'retry', id: 'a', delayMs: 100 });
    expect(stage.send({ kind: 'retry', id: 'a' })).toEqual(['start a']);
  });

  test('too many leaves the child at rest while the others stop', () => {
    const stage = Stage.up({ intensity: { maxRestarts: 0, withinMs: 1000 } }, 'a', 'b');
    expect(stage.exited('a')).toEqual(['stop b']);
    expect(stage.statuses()).toBe('a stopped,b stopping');
    expect(stage.stopped('b')).toEqual(['exit max_restarts']);
    expect(stage.statuses()).toBe('a stopped,b stopped');
  });

  test('too many forgets the children of a simple_one_for_one', () => {
    const options = { intensity: { maxRestarts: 0, withinMs: 1000 } };
    const stage = Stage.up({ strategy: 'simple_one_for_one', ...options });
    stage.send({ kind: 'startChild', token: 1, spec: spec('x') });
    stage.started('x');
    expect(stage.exited('x')).toEqual(['exit max_restarts']);
    expect(stage.kernel.childCount).toBe(0);
  });
});

describe('A start that fails at first', () => {
  test('leaves the specifications of all children, at rest', () => {
    const stage = new Stage({});
    stage.send({ kind: 'start', children: [spec('a'), spec('b'), spec('c')] });
    stage.started('a');
    expect(stage.failed('b')).toEqual(['stop a']);
    expect(stage.statuses()).toBe('a stopping,b stopped,c stopped');
  });
});

describe('A node that is lost', () => {
  test('ends the supervisor when a significant child went with it for good', () => {
    const stage = Stage.up(anySignificant, spec('t', 'temporary', true), 'a', 'b');
    expect(stage.lost('t', 'a')).toEqual(['stop b']);
    expect(stage.statuses()).toBe('a stopped,b stopping');
    expect(stage.stopped('b')).toEqual(['exit auto_shutdown']);
  });

  test('takes a temporary child that was about to start, and the next one starts', () => {
    const stage = new Stage({ intensity: { maxRestarts: 0, withinMs: 1000 } });
    stage.send({ kind: 'start', children: [spec('t', 'temporary'), spec('b')] });
    expect(stage.lost('t')).toEqual(['start b']);
    expect(stage.started('b')).toEqual(['ready']);
    expect(stage.statuses()).toBe('b running');
  });

  test('ends the supervisor when it takes a significant one that was about to start', () => {
    const stage = new Stage(anySignificant);
    stage.send({ kind: 'start', children: [spec('t', 'temporary', true), spec('b')] });
    expect(stage.lost('t')).toEqual(['exit auto_shutdown']);
  });

  test('took the starts with it: none of them is given up at the end that it causes', () => {
    const stage = Stage.up(anySignificant, spec('t', 'temporary', true), 'a');
    expect(stage.exited('a')).toEqual(['start a']);
    expect(stage.lost('t', 'a')).toEqual(['exit auto_shutdown']);
  });

  test('costs one restart, also where its loss has to wait for what is under way', () => {
    const options = { hosting: 'serial', intensity: { maxRestarts: 2, withinMs: 1000 } } as const;
    const stage = Stage.up(options, 'a', 'b', 'c');
    expect(stage.exited('a')).toEqual(['start a']);
    expect(stage.lost('b', 'c')).toEqual([]);
    expect(stage.started('a')).toEqual(['start b']);
    expect(stage.started('b')).toEqual(['start c']);
  });

  test('answers the stop of a child that waits for it, where losses have to wait', () => {
    const options = { strategy: 'rest_for_one', hosting: 'serial' } as const;
    const stage = Stage.up(options, 'a', 'b', 'c', 'd');
    expect(stage.exited('a')).toEqual(['stop d']);
    expect(stage.lost('b', 'd')).toEqual(['stop c']);
    expect(stage.stopped('c')).toEqual(['start a']);
    stage.started('a');
    expect(stage.kernel.restartAges(0)).toEqual([0]);
  });
});

describe('A group restart', () => {
  test('is not charged again for a child that ends before its turn to be stopped', () => {
    const options = { intensity: { maxRestarts: 1, withinMs: 1000 } };
    const stage = Stage.up({ strategy: 'rest_for_one', ...options }, 'a', 'b', 'c');
    expect(stage.exited('a')).toEqual(['stop c']);
    expect(stage.exited('b')).toEqual([]);
    expect(stage.stopped('c')).toEqual(['start a']);
  });

  test('gives up the start of a new temporary child, and tells the one who asked for it', () => {
    const stage = Stage.up({ strategy: 'rest_for_one' }, 'a');
    stage.send({ kind: 'startChild', token: 1, spec: spec('t', 'temporary') });
    expect(stage.exited('a')).toEqual(['abandon t', 'reply 1 startFailed', 'start a']);
    expect(stage.statuses()).toBe('a starting');
  });
});
