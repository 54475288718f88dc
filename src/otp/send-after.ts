import type { Address } from '../runtime/address.js';
import { untilOpen } from '../runtime/gate.js';
import type { Process } from '../runtime/process.js';
import type { CancelOnExit, Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';
import { checkDelayMs, checkRef } from './option.js';

/** A message that is not sent yet. */
export interface TimerRef {
  readonly timerId: string;
}

/**
 * Sends `message` to `to` after `delayMs`. It arrives in `handleInfo`, or in `handleCast` when the
 * behaviour has no `handleInfo`. A process that ends takes the timers that lead to it with it;
 * until then a timer holds the Node process alive. To a local process that is gone nothing is ever
 * sent. What `sender` set waits until that process may act, and is not sent once it has ended
 * where it may not always act.
 */
export function sendAfter(
  runtime: Runtime,
  to: Address,
  message: unknown,
  delayMs: number,
  sender?: Process,
): TimerRef {
  checkRef(to);
  checkDelayMs('delayMs', delayMs);
  const pending = runtime.use(PENDING);
  const timerId = runtime.ids.next('timer');
  if (runtime.isLocal(to) && runtime.processes.get(to.id) === undefined) return { timerId };
  const forget = (): void => {
    pending.delete(timerId);
    if (runtime.isLocal(to)) runtime.disownTimer(to.id, owned);
  };
  const fire = (): void => {
    forget();
    const send = (): void => void runtime.router.send(to, { kind: 'info', message });
    // To itself it may send: its mail waits as it does.
    if (sender?.gate === undefined || sender.id === to.id) send();
    else void untilOpen(sender).then(send);
  };
  const timer = runtime.platform.timers.after(delayMs, fire, { keepAlive: true });
  const owned: CancelOnExit = {
    cancel: () => {
      forget();
      return timer.cancel();
    },
  };
  pending.set(timerId, owned);
  if (runtime.isLocal(to)) runtime.ownTimer(to.id, owned);
  return { timerId };
}

/** Takes it back. False when it was sent, or taken back, before. */
export function cancelTimer(runtime: Runtime, ref: TimerRef): boolean {
  return runtime.use(PENDING).get(ref.timerId)?.cancel() ?? false;
}

const PENDING: ServiceKey<Map<string, CancelOnExit>> = {
  name: 'sendAfter',
  create: () => new Map(),
};
