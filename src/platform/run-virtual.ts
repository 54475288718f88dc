import { VirtualPlatform, type VirtualPlatformOptions } from './virtual-platform.js';

/** Nothing is left to happen, and the body still waits for something. */
export class DeadlockError extends Error {
  override readonly name = 'DeadlockError';

  constructor(readonly nowMs: number) {
    super(`Deadlock at ${nowMs} ms: the body still waits, and no timer or message is left`);
  }
}

/**
 * Runs `body` in a virtual world and gives its result. Whenever nothing can happen at the present
 * instant, time jumps to the next timer; a test of an hour takes as long as its events.
 *
 * Fails with {@link DeadlockError} when the body waits for what can never come.
 */
export async function runVirtual<T>(
  body: (platform: VirtualPlatform) => Promise<T>,
  options?: VirtualPlatformOptions,
): Promise<T> {
  const platform = new VirtualPlatform(options);
  let outcome: { value: T } | { error: unknown } | undefined;
  body(platform).then(
    (value) => (outcome = { value }),
    (error: unknown) => (outcome = { error }),
  );
  await quiet();
  while (outcome === undefined) {
    const nextMs = platform.nextDeadlineMs;
    if (nextMs === undefined) throw new DeadlockError(platform.clock.nowMs());
    platform.advanceTo(nextMs);
    platform.fireNext();
    await quiet();
  }
  const settled = outcome;
  if ('error' in settled) throw settled.error;
  return settled.value;
}

/** Waits `delayMs` of the platform's time. */
export function sleep(platform: VirtualPlatform, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    platform.timers.after(delayMs, resolve);
  });
}

// A native immediate runs only after every microtask and `nextTick` has drained.
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
