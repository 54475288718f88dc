import { describe, expect, test } from 'vitest';
import { Stage, spec } from './testing/stage.js';

describe('starting', () => {
  test('children start in order, each after the one before was acknowledged', () => {
    const stage = new Stage({});
    expect(stage.send({ kind: 'start', children: [spec('a'), spec('b')] })).toEqual(['start a']);
    expect(stage.started('a')).toEqual(['start b']);
    expect(stage.started('b')).toEqual(['ready']);
  });

  test('a start that fails unwinds in reverse and says which child it was', () => {
    const stage = new Stage({ hosting: 'serial' });
    stage.send({ kind: 'start', children: ['a', 'b', 'c'].map((id) => spec(id)) });
    stage.started('a');
    stage.started('b');
    expect(stage.failed('c')).toEqual(['stop b']);
    expect(stage.stopped('b')).toEqual(['stop a']);
    const [exit] = stage.kernel
      .handle({ kind: 'exited', id: 'a', attempt: stage.attempt('a'), reason: 'shutdown' }, 0)
      .filter(({ kind }) => kind === 'exit');
    expect(exit).toMatchObject({ cause: 'start_failed', failed: { id: 'c' } });
  });

  test('a start without an eligible node fails', () => {
    const stage = new Stage({});
    stage.send({ kind: 'start', children: [spec('a')] });
    expect(stage.held('a')).toEqual(['exit start_failed']);
  });

  test('a node lost during the start costs its children a restart, not the supervisor', () => {
    const stage = new Stage({});
    stage.send({ kind: 'start', children: [spec('a'), spec('b')] });
    stage.started('a');
    expect(stage.lost('a', 'b')).toEqual(['start a', 'start b']);
    stage.started('b');
    expect(stage.started('a')).toEqual(['ready']);
  });

  test('a child that is acknowledged after a newer start was asked for is ignored', () => {
    const stage = Stage.up({}, 'a');
    const staleAttempt = stage.attempt('a');
    stage.exited('a');
    stage.send({ kind: 'started', id: 'a', attempt: staleAttempt, handle: 'stale' });
    expect(stage.statuses()).toBe('a starting');
  });
});

describe('side by side', () => {
  test('replacements start concurrently under one_for_one', () => {
    const stage = Stage.up({}, 'a', 'b', 'c');
    expect(stage.exited('a')).toEqual(['start a']);
    expect(stage.exited('c')).toEqual(['start c']);
  });

  test('a request about a child on the move waits for that child alone', () => {
    const stage = Stage.up({}, 'a', 'b');
    stage.exited('a');
    expect(stage.send({ kind: 'terminateChild', token: 1, id: 'a' })).toEqual([]);
    expect(stage.send({ kind: 'terminateChild', token: 2, id: 'b' })).toEqual(['stop b']);
    expect(stage.started('a')).toEqual(['stop a']);
    expect(stage.stopped('a')).toEqual(['reply 1 ok']);
    expect(stage.stopped('b')).toEqual(['reply 2 ok']);
    expect(stage.kernel.childCount).toBe(0);
  });

  test('requests about one child are served in order, also across its removal', () => {
    const stage = Stage.up({}, 'a');
    stage.send({ kind: 'terminateChild', token: 1, id: 'a' });
    stage.send({ kind: 'startChild', token: 2, spec: spec('a') });
    stage.send({ kind: 'terminateChild', token: 3, id: 'a' });
    expect(stage.stopped('a')).toEqual(['reply 1 ok', 'start a']);
    expect(stage.started('a')).toEqual(['reply 2 ok', 'stop a']);
    expect(stage.stopped('a')).toEqual(['reply 3 ok']);
  });
});

describe('one cause that takes several children', () => {
  test('is charged once', () => {
    const stage = Stage.up({ intensity: { maxRestarts: 1, withinMs: 1000 } }, 'a', 'b', 'c');
    expect(stage.lost('a', 'b', 'c')).toEqual(['start a', 'start b', 'start c']);
    for (const id of ['a', 'b', 'c']) stage.started(id);
    expect(stage.lost('b')).toEqual(['stop c']);
  });

  test('restarts a rest_for_one from the earliest child that it took', () => {
    const stage = Stage.up({ strategy: 'rest_for_one' }, 'a', 'b', 'c', 'd');
    expect(stage.lost('d', 'b')).toEqual(['stop c']);
    expect(stage.stopped('c')).toEqual(['start b']);
    expect(stage.started('b')).toEqual(['start c']);
    expect(stage.started('c')).toEqual(['start d']);
  });

  test('drops temporary children, at no charge if it took no others', () => {
    const options = { intensity: { maxRestarts: 0, withinMs: 1000 } };
    const stage = Stage.up(options, spec('t', 'temporary'), 'a');
    expect(stage.lost('t')).toEqual([]);
    expect(stage.statuses()).toBe('a running');
  });

  test('names a child twice to no effect', () => {
    const stage = Stage.up({ intensity: { maxRestarts: 1, withinMs: 1000 } }, 'a');
    expect(stage.lost('a', 'a')).toEqual(['start a']);
  });

  test('in the middle of a stop answers the stop as well', () => {
    const stage = Stage.up({ strategy: 'rest_for_one' }, 'a', 'b', 'c');
    stage.exited('a');
    expect(stage.lost('c', 'b')).toEqual(['start a']);
  });
});

describe('a second cause during a group restart', () => {
  test('abandons the start in flight and goes on from the earliest broken child', () => {
    const stage = Stage.up({ strategy: 'rest_for_one' }, 'a', 'b', 'c');
    stage.exited('b');
    stage.stopped('c');
    expect(stage.statuses()).toBe('a running,b starting,c pending');
    expect(stage.exited('a')).toEqual(['abandon b', 'start a']);
    expect(stage.started('a')).toEqual(['start b']);
    expect(stage.started('b')).toEqual(['start c']);
  });

  test('is charged once together with the starts that it made fail', () => {
    const options = { intensity: { maxRestarts: 2, withinMs: 1000 } };
    const stage = Stage.up({ strategy: 'rest_for_one', ...options }, 'a', 'b', 'c');
    stage.exited('b');
    stage.stopped('c');
    expect(stage.lost('a', 'b')).toEqual(['start a']);
    stage.started('a');
    stage.started('b');
    stage.started('c');
    expect(stage.exited('c')).toEqual(['stop b']);
  });

  test('waits its turn where the host does one thing at a time', () => {
    const stage = Stage.up({ strategy: 'rest_for_one', hosting: 'serial' }, 'a', 'b');
    expect(stage.exited('b')).toEqual(['start b']);
    expect(stage.exited('a')).toEqual([]);
    expect(stage.started('b')).toEqual(['stop b']);
    expect(stage.stopped('b')).toEqual(['start a']);
  });
});

describe('a restart that fails', () => {
  test('is tried again through the mailbox and charged again', () => {
    const stage = Stage.up({ intensity: { maxRestarts: 2, withinMs: 1000 } }, 'a', 'b');
    stage.exited('a');
    expect(stage.failed('a')).toEqual(['retry a']);
    expect(stage.send({ kind: 'retry', id: 'a' })).toEqual(['start a']);
    stage.failed('a');
    expect(stage.send({ kind: 'retry', id: 'a' })).toEqual(['stop b']);
    expect(stage.stopped('b')).toEqual(['exit max_restarts']);
  });

  test('is cancelled by terminateChild', () => {
    const stage = Stage.up({ strict: true }, 'a');
    stage.exited('a');
    stage.failed('a');
    stage.send({ kind: 'terminateChild', token: 1, id: 'a' });
    expect(stage.send({ kind: 'retry', id: 'a' })).toEqual([]);
    expect(stage.statuses()).toBe('a stopped');
  });
});

describe('ending', () => {
  test('stops everything in reverse, one after another, and abandons what starts', () => {
    const stage = Stage.up({}, 'a', 'b', 'c');
    stage.exited('b');
    expect(stage.send({ kind: 'stop', reason: 'normal', token: 7 })).toEqual([
      'abandon b',
      'stop c',
    ]);
    expect(stage.stopped('c')).toEqual(['stop a']);
    expect(stage.stopped('a')).toEqual(['reply 7 ok', 'exit stop']);
  });

  test('answers every request that still waits, and those that come later', () => {
    const stage = Stage.up({}, 'a');
    stage.exited('a');
    stage.send({ kind: 'restartChild', token: 1, id: 'a' });
    stage.send({ kind: 'startChild', token: 2, spec: spec('b') });
    expect(stage.send({ kind: 'stop', reason: 'shutdown' })).toEqual([
      'abandon a',
      'abandon b',
      'reply 2 ended',
      'reply 1 ended',
      'exit stop',
    ]);
    expect(stage.send({ kind: 'deleteChild', token: 3, id: 'a' })).toEqual(['reply 3 ended']);
    expect(stage.send({ kind: 'stop', reason: 'shutdown', token: 4 })).toEqual(['reply 4 ok']);
  });

  test('the children of a simple_one_for_one stop all at once', () => {
    const stage = Stage.up({ strategy: 'simple_one_for_one' });
    for (const [token, id] of ['x', 'y'].entries()) {
      stage.send({ kind: 'startChild', token, spec: spec(id) });
      stage.started(id);
    }
    expect(stage.send({ kind: 'stop', reason: 'normal' })).toEqual(['stop y', 'stop x']);
  });
});

describe('significant children', () => {
  const options = { autoShutdown: 'any_significant', strict: false } as const;

  test('a permanent one that ends on purpose ends the supervisor; a crash restarts it', () => {
    const stage = Stage.up(options, spec('main', 'permanent', true), 'b');
    expect(stage.exited('main')).toEqual(['start main']);
    stage.started('main');
    expect(stage.exited('main', 'normal')).toEqual(['stop b']);
    expect(stage.stopped('b')).toEqual(['exit auto_shutdown']);
  });

  test('one that is about to be restarted counts as active', () => {
    const stage = Stage.up(
      { ...options, autoShutdown: 'all_significant' },
      spec('t', 'temporary', true),
      spec('p', 'permanent', true),
    );
    expect(stage.lost('t', 'p')).toEqual(['start p']);
  });
});

describe('terminateChild', () => {
  test('forgets the child, unless strict', () => {
    for (const strict of [false, true]) {
      const stage = Stage.up({ strict }, 'a');
      stage.send({ kind: 'terminateChild', token: 1, id: 'a' });
      stage.stopped('a');
      expect(stage.statuses()).toBe(strict ? 'a stopped' : '');
    }
  });
});

describe('restart counts', () => {
  test('grow with every automatic restart of a child, its own fault or not', () => {
    const stage = Stage.up({ strategy: 'one_for_all' }, 'a', 'b');
    stage.exited('a');
    stage.stopped('b');
    stage.started('a');
    stage.started('b');
    expect(Array.from(stage.kernel.children(), (child) => child.restartCount)).toEqual([1, 1]);
  });
});

describe('many children', () => {
  test('ten thousand ends at once take ten thousand restarts, one each', () => {
    const count = 10_000;
    const intensity = { maxRestarts: count, withinMs: 1000 };
    for (const hosting of ['serial', 'concurrent'] as const) {
      const ids = Array.from({ length: count }, (_, index) => `c${index}`);
      const stage = Stage.up({ hosting, intensity }, ...ids);
      let steps = 0;
      for (const id of ids) steps += stage.exited(id).length;
      for (const id of ids) steps += stage.started(id).length;
      expect(steps).toBe(count);
      expect([...stage.kernel.children()].every(({ restartCount }) => restartCount === 1)).toBe(
        true,
      );
    }
  });
});
