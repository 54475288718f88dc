import { deferred } from '../base/deferred.js';
import type { Timers } from '../platform/platform.js';

export interface TimeLimit {
  readonly timeoutMs: number;
  readonly timers: Timers;
  /** What the rejection says. */
  readonly late: string;
}

/** Rejects when the time is over; what goes on then is nobody's concern any more. */
export async function within<R>(
  given: Promise<R>,
  { timeoutMs, timers, late }: TimeLimit,
): Promise<R> {
  const over = deferred<never>();
  const timer = timers.after(timeoutMs, () => over.reject(new Error(late)));
  try {
    return await Promise.race([given, over.promise]);
  } finally {
    timer.cancel();
  }
}
