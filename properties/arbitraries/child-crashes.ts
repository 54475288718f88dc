import fc from 'fast-check';
import type { RestartIntensity } from '../../src/otp/supervision/restart-window.js';

/** Something that costs one restart at once, and one more for each start that then fails. */
export interface Cause {
  readonly afterMs: number;
  /** The children that it takes, by index modulo their number. */
  readonly takes: readonly number[];
  readonly failures: number;
}

/** Times are small, so that restarts meet in one window, and meet its very edge. */
export function causes(): fc.Arbitrary<Cause[]> {
  const cause = fc.record({
    afterMs: fc.nat({ max: 6 }),
    takes: fc.uniqueArray(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 }),
    failures: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.nat({ max: 3 }) },
    ),
  });
  return fc.array(cause, { minLength: 1, maxLength: 20 });
}

export function intensities(): fc.Arbitrary<RestartIntensity> {
  return fc.record({
    maxRestarts: fc.nat({ max: 4 }),
    withinMs: fc.integer({ min: 1, max: 12 }),
  });
}
