import { expect, test } from 'vitest';
import type { ChildPolicy } from './child-policy.js';
import { SupervisionKernel } from './kernel.js';
import type { KernelEvent } from './kernel-event.js';

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
