import { AsyncResource } from 'node:async_hooks';
import { currentRealm } from './current.js';
import { virtualiseDate } from './date.js';
import { virtualiseEvents } from './event.js';
import { virtualiseGlobals } from './globals.js';
import { insideNodes, isCalledByNode, refused } from './inside.js';
import { sealIntrinsics } from './intrinsics.js';
import { virtualiseLocale } from './locale.js';
import { chance } from './random.js';
import { timeoutSignal } from './timers.js';

/**
 * Prepares a thread for nodes. Called once, before the first one.
 *
 * Nodes live side by side in it, so what the language and Node.js share among them is made to ask
 * for the node that runs: the clock behind `Date`, the chance behind `Math.random`, the names that
 * evaluated text finds. While no node runs, in the simulator itself, all of it is native. What
 * nodes share can no longer be changed.
 */
export function virtualiseThread(): void {
  const nativeNow = Date.now;
  const now = (): number => currentRealm()?.platform.clock.wallMs() ?? nativeNow();
  virtualiseDate(now);
  virtualiseLocale(now);
  virtualiseEvents();
  virtualiseChance();
  insideNodes(AbortSignal, 'timeout', (realm) => (delayMs: number) => {
    return timeoutSignal(realm.platform.timers, delayMs);
  });
  const asynchronous = ['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming'];
  const wasm = (globalThis as { WebAssembly?: object }).WebAssembly ?? {};
  for (const act of asynchronous) {
    // The parser of HTTP comes with the first event of a port, and compiles beside the program.
    insideNodes(wasm, act, refused(`WebAssembly.${act}`), isCalledByNode);
  }
  for (const wait of ['wait', 'waitAsync']) insideNodes(Atomics, wait, refused(`Atomics.${wait}`));
  insideNodes(AsyncResource.prototype, 'asyncId', refused('AsyncResource.asyncId'));
  // Memory that nobody cleared holds what the machine left there, and a pool of it shows how much
  // others have taken.
  for (const name of ['allocUnsafe', 'allocUnsafeSlow']) {
    insideNodes(Buffer, name, () => (size: number) => Buffer.alloc(size));
  }
  Buffer.poolSize = 0;
  virtualiseGlobals();
  sealIntrinsics();
}

function virtualiseChance(): void {
  insideNodes(
    Math,
    'random',
    ({ platform }) =>
      () =>
        chance(platform.random),
  );
}
