import type { Random } from '../platform/platform.js';

export interface BackoffOptions {
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
}

/**
 * Whole milliseconds to wait after `attempt` failed attempts (0: the first pause).
 *
 * The pause doubles up to the maximum. Its upper half is jitter, so that nodes that lost one
 * another at the same instant do not call at the same instant.
 */
export function backoffDelayMs(options: BackoffOptions, attempt: number, random: Random): number {
  const doubledMs = options.baseDelayMs * 2 ** Math.min(attempt, DOUBLINGS_MAX);
  const ceilingMs = Math.ceil(Math.min(doubledMs, options.maxDelayMs));
  const halfMs = Math.floor(ceilingMs / 2);
  return ceilingMs - random.below(halfMs + 1);
}

// Beyond it any base has met any maximum, and 2 ** attempt would run to infinity.
const DOUBLINGS_MAX = 40;
