import type { Address } from '../runtime/address.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Timer } from '../platform/platform.js';
import type { Shutdown } from './supervision/child-policy.js';

/**
 * Asks a process to end with `shutdown`, and kills it when it has not ended in time. Gives the
 * function to be called once it has ended, which takes the threat back.
 */
export function shutDown(runtime: Runtime, target: Address, shutdown: Shutdown): () => void {
  if (shutdown === 'brutal_kill' || shutdown === 0) {
    runtime.router.send(target, { kind: 'kill' });
    return () => undefined;
  }
  let timer: Timer | undefined;
  if (shutdown !== 'infinity' && shutdown !== Infinity) {
    const kill = (): void => {
      runtime.router.send(target, { kind: 'kill' });
    };
    timer = runtime.platform.timers.after(shutdown, kill, { keepAlive: true });
  }
  runtime.router.send(target, { kind: 'stop', reason: 'shutdown' });
  return () => timer?.cancel();
}
