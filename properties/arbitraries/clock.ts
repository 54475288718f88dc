import fc from 'fast-check';

/** A node's clock: what it shows, by the true time. */
export interface SkewedClock {
  readonly rate: number;
  readonly offsetMs: number;
}

/** Clocks that run fast or slow by at most `drift`, often by exactly that much. */
export function clocks(drift: number): fc.Arbitrary<SkewedClock> {
  const rate = fc.oneof(
    fc.constantFrom(1 - drift, 1, 1 + drift),
    fc.double({ min: 1 - drift, max: 1 + drift, noNaN: true }),
  );
  return fc.record({ rate, offsetMs: fc.integer({ min: 0, max: 1_000_000 }) });
}

export function shownAt({ rate, offsetMs }: SkewedClock, trueMs: number): number {
  return offsetMs + rate * trueMs;
}

/** When the clock shows `shownMs`. */
export function trueTimeOf({ rate, offsetMs }: SkewedClock, shownMs: number): number {
  return (shownMs - offsetMs) / rate;
}
