import type { TraceEntry } from '../trace.js';
import { canonical } from '../plain.js';

/** The first place where two traces of one configuration differ. */
export interface Divergence {
  readonly event: number;
  /** `undefined` when that trace has ended there. */
  readonly left: TraceEntry | undefined;
  readonly right: TraceEntry | undefined;
}

/** Compares whole traces, entry by entry; `undefined` when they tell the same. */
export function firstDivergence(
  left: readonly TraceEntry[],
  right: readonly TraceEntry[],
): Divergence | undefined {
  const length = Math.max(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const [ours, theirs] = [left[at], right[at]];
    if (ours !== undefined && theirs !== undefined && canonical(ours) === canonical(theirs)) {
      continue;
    }
    return { event: (ours ?? theirs)?.event ?? at, left: ours, right: theirs };
  }
  return undefined;
}
