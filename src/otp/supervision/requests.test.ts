import { describe, expect, it, test } from 'vitest';
import type { ChildPolicy, RestartType } from './child-policy.js';
import { SupervisionKernel } from './kernel.js';
import type { KernelEvent } from './kernel-event.js';
import type { Strategy } from './strategy.js';
import { Stage, spec } from './testing/stage.js';

/** A `rest_for_one` of `a`, with `b` asked for and put off: `a` was lost, and fails again. */
function putOff() {
  const kernel = new SupervisionKernel<ChildPolicy, string>({
    strategy: 'rest_for_one',
    intensity: { maxRestarts: 10, withinMs: 5000 },
    autoShutdown: 'never',
    strict: false,
    hosting: 'concurrent',
  });
  const send = (event: KernelEvent<ChildPolicy, string>): string[] =>
    kernel.handle(event, 0).flatMap((effect) => {
      if (effect.kind === 'start') return [`start ${effect.id}`];
      if (effect.kind !== 'reply') return [];
      const { token, result } = effect;
      return [`${token}: ${result.ok ? 'ok' : result.error.kind}`];
    });
  const attempt = (id: string): number => kernel.child(id)?.attempt ?? 0;
  send({ kind: 'start', children: [policy('a')] });
  send({ kind: 'started', id: 'a', attempt: attempt('a'), handle: 'a1' });
  send({ kind: 'startChild', token: 1, spec: policy('b') });
  send({ kind: 'lost', children: [{ id: 'a', attempt: attempt('a') }], reason: 'noconnection' });
  const reason = { error: new Error('boom') };
  send({ kind: 'failed', id: 'a', attempt: attempt('a'), reason });
  return { send, attempt };
}

function policy(id: string): ChildPolicy {
  return { id, restart: 'permanent', significant: false, shutdown: 5000 };
}

test('a start that a restart puts off is answered once its turn has come', () => {
  const { send, attempt } = putOff();
  expect(send({ kind: 'restartChild', token: 2, id: 'b' })).toEqual(['2: restarting']);
  expect(send({ kind: 'retry', id: 'a' })).toEqual(['start a']);
  const a = { kind: 'started', id: 'a', attempt: attempt('a'), handle: 'a2' } as const;
  expect(send(a)).toEqual(['start b']);
  const b = { kind: 'started', id: 'b', attempt: attempt('b'), handle: 'b1' } as const;
  expect(send(b)).toEqual(['1: ok']);
});

test('a start that was put off has failed when its child is terminated', () => {
  const { send } = putOff();
  expect(send({ kind: 'terminateChild', token: 2, id: 'b' })).toEqual(['1: startFailed', '2: ok']);
  expect(send({ kind: 'retry', id: 'a' })).toEqual(['start a']);
});

test('a child that ended before the request to terminate it had its turn is terminated', () => {
  const stage = Stage.up({ hosting: 'serial' }, 'a', 'b');
  stage.exited('a');
  expect(stage.send({ kind: 'terminateChild', token: 1, id: 'b' })).toEqual([]);
  expect(stage.exited('b')).toEqual([]);
  expect(stage.started('a')).toEqual(['reply 1 ok']);
  expect(stage.statuses()).toBe('a running');
});

describe('A child that is replaced', () => {
  const lost = { error: new Error('boom') };

  it.each(['one_for_one', 'one_for_all', 'rest_for_one'] as const)(
    'under %s is stopped and started alone, at no charge, and its caller gets the new one',
    (strategy) => {
      const { send, attempt } = running(strategy, ['a', 'b', 'c']);
      expect(send({ kind: 'replaceChild', token: 1, id: 'b' })).toEqual(['stop b']);
      const reason = 'shutdown';
      expect(send({ kind: 'exited', id: 'b', attempt: attempt('b'), reason })).toEqual(['start b']);
      const b = { kind: 'started', id: 'b', attempt: attempt('b'), handle: 'b2' } as const;
      expect(send(b)).toEqual(['1: ok b2']);
    },
  );

  it('is started where it was at rest', () => {
    const { send, attempt } = running('one_for_one', ['a'], 'transient');
    send({ kind: 'exited', id: 'a', attempt: attempt('a'), reason: 'normal' });
    expect(send({ kind: 'replaceChild', token: 1, id: 'a' })).toEqual(['start a']);
    expect(send({ kind: 'replaceChild', token: 2, id: 'x' })).toEqual(['2: notFound']);
  });

  it('comes back when its start fails, and then it is a restart like any other', () => {
    const { send, attempt } = running('one_for_one', ['a']);
    send({ kind: 'replaceChild', token: 1, id: 'a' });
    send({ kind: 'exited', id: 'a', attempt: attempt('a'), reason: 'shutdown' });
    const failed = send({ kind: 'failed', id: 'a', attempt: attempt('a'), reason: lost });
    expect(failed).toEqual(['1: startFailed', 'retry a']);
    expect(send({ kind: 'retry', id: 'a' })).toEqual(['start a']);
  });

  it('waits for a node when there is none for it', () => {
    const { send, attempt } = running('one_for_one', ['a']);
    send({ kind: 'replaceChild', token: 1, id: 'a' });
    send({ kind: 'exited', id: 'a', attempt: attempt('a'), reason: 'shutdown' });
    expect(send({ kind: 'held', id: 'a', attempt: attempt('a') })).toEqual(['1: startFailed']);
    expect(send({ kind: 'available' })).toEqual(['start a']);
  });

  it('is on its way when its node is lost while it stops, and again while it starts', () => {
    const { send, attempt } = running('rest_for_one', ['a', 'b']);
    const lose = () => {
      const children = [{ id: 'b', attempt: attempt('b') }];
      return send({ kind: 'lost', children, reason: 'noconnection' });
    };
    send({ kind: 'replaceChild', token: 1, id: 'b' });
    expect(lose()).toEqual(['start b']);
    expect(lose()).toEqual(['1: startFailed', 'start b']);
  });

  it('is not waited for by one that starts on its way to the end', () => {
    const { send, attempt } = running('one_for_one', ['a', 'b']);
    send({ kind: 'replaceChild', token: 1, id: 'a' });
    send({ kind: 'stop', reason: 'shutdown' });
    const ended = send({ kind: 'exited', id: 'a', attempt: attempt('a'), reason: 'shutdown' });
    expect(ended).toEqual(['1: ended', 'stop b']);
  });

  it('waits for nobody, though another one waits for a node', () => {
    const stage = Stage.up({}, 'a', 'b');
    stage.lost('a');
    stage.held('a');
    stage.send({ kind: 'replaceChild', token: 1, id: 'b' });
    expect(stage.stopped('b')).toEqual(['start b']);
    const group = Stage.up({ strategy: 'rest_for_one' }, 'a', 'b');
    group.send({ kind: 'replaceChild', token: 1, id: 'a' });
    group.stopped('a');
    expect(group.held('a')).toEqual(['reply 1 startFailed']);
    group.send({ kind: 'replaceChild', token: 2, id: 'b' });
    expect(group.stopped('b')).toEqual(['start b']);
  });

  it('starts in its turn when another one ends while it stops', () => {
    const stage = Stage.up({ strategy: 'rest_for_one' }, 'a', 'b', 'c');
    stage.send({ kind: 'replaceChild', token: 1, id: 'b' });
    expect(stage.exited('a')).toEqual([]);
    expect(stage.stopped('b')).toEqual(['stop c']);
    expect(stage.stopped('c')).toEqual(['start a']);
    expect(stage.started('a')).toEqual(['start b']);
    expect(stage.started('b')).toEqual(['reply 1 ok', 'start c']);
  });

  it('starts in its turn when it is lost together with one before it', () => {
    const stage = Stage.up({ strategy: 'rest_for_one' }, 'a', 'b', 'c', 'd');
    stage.send({ kind: 'replaceChild', token: 1, id: 'c' });
    expect(stage.lost('a', 'c')).toEqual(['stop d']);
    expect(stage.stopped('d')).toEqual(['stop b']);
    expect(stage.stopped('b')).toEqual(['start a']);
    const again = Stage.up({ strategy: 'rest_for_one' }, 'a', 'b', 'c', 'd');
    again.send({ kind: 'replaceChild', token: 1, id: 'c' });
    again.exited('b');
    expect(again.lost('a', 'c')).toEqual(['stop d']);
    expect(again.stopped('d')).toEqual(['start a']);
  });

  it('has ended already when the news of its end waits behind the request', () => {
    const stage = Stage.up({ hosting: 'serial' }, 'a', 'b');
    stage.exited('a');
    stage.send({ kind: 'replaceChild', token: 1, id: 'b' });
    stage.exited('b');
    expect(stage.started('a')).toEqual(['start b']);
    expect(stage.started('b')).toEqual(['reply 1 ok']);
    expect(stage.statuses()).toBe('a running,b running');
  });

  it('stays when it is one of many that are alike and its start fails', () => {
    const stage = Stage.up({ strategy: 'simple_one_for_one' });
    stage.send({ kind: 'startChild', token: 1, spec: spec('x') });
    stage.started('x');
    stage.send({ kind: 'replaceChild', token: 2, id: 'x' });
    stage.stopped('x');
    expect(stage.failed('x')).toEqual(['reply 2 startFailed', 'retry x']);
    expect(stage.send({ kind: 'retry', id: 'x' })).toEqual(['start x']);
    expect(stage.statuses()).toBe('x starting');
  });

  it('keeps its place at rest when it is terminated before its turn, if strict', () => {
    const stage = Stage.up({ strategy: 'rest_for_one', strict: true }, 'a', 'b');
    stage.send({ kind: 'replaceChild', token: 1, id: 'b' });
    stage.lost('a', 'b');
    stage.held('a');
    const terminated = stage.send({ kind: 'terminateChild', token: 2, id: 'b' });
    expect(terminated).toEqual(['reply 1 startFailed', 'reply 2 ok']);
    expect(stage.statuses()).toBe('a waiting,b stopped');
  });

  it('is gone when it is temporary and its start fails', () => {
    const { send, attempt, kernel } = running('one_for_one', ['a'], 'temporary');
    send({ kind: 'replaceChild', token: 1, id: 'a' });
    send({ kind: 'exited', id: 'a', attempt: attempt('a'), reason: 'shutdown' });
    const failed = send({ kind: 'failed', id: 'a', attempt: attempt('a'), reason: lost });
    expect(failed).toEqual(['1: startFailed']);
    expect(kernel.childCount).toBe(0);
  });
});

/** A supervisor that allows no restart, and whose children run. */
function running(strategy: Strategy, ids: readonly string[], restart: RestartType = 'permanent') {
  const kernel = new SupervisionKernel<ChildPolicy, string>({
    strategy,
    intensity: { maxRestarts: 1, withinMs: 5000 },
    autoShutdown: 'never',
    strict: false,
    hosting: 'concurrent',
  });
  const send = (event: KernelEvent<ChildPolicy, string>): string[] =>
    kernel.handle(event, 0).flatMap((effect) => {
      if (effect.kind === 'start' || effect.kind === 'stop' || effect.kind === 'retry')
        return [`${effect.kind} ${effect.id}`];
      if (effect.kind !== 'reply') return [];
      const { token, result } = effect;
      return [`${token}: ${result.ok ? `ok ${result.handle}` : result.error.kind}`];
    });
  const attempt = (id: string): number => kernel.child(id)?.attempt ?? 0;
  const children = ids.map((id) => ({ ...policy(id), restart }));
  send({ kind: 'start', children });
  for (const id of ids) send({ kind: 'started', id, attempt: attempt(id), handle: `${id}1` });
  return { kernel, send, attempt };
}
