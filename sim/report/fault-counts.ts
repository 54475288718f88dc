import { compareCodeUnits } from '../../src/base/compare.js';
import type { FaultRecord } from '../world-report.js';

/** What became of the faults of one kind. */
export interface FaultCount {
  readonly kind: string;
  readonly planned: number;
  /** How many of them came to strike. */
  readonly struck: number;
  /** How often they decided what became of something that crossed the network. */
  readonly verdicts: number;
}

/** Every kind of the plan, in the order of the alphabet. */
export function faultCounts(faults: readonly FaultRecord[]): FaultCount[] {
  return mergedCounts(
    faults.map(({ kind, struck, verdicts = 0 }) => {
      return { kind, planned: 1, struck: struck > 0 ? 1 : 0, verdicts };
    }),
  );
}

/** The counts of several runs, or faults, as one. */
export function mergedCounts(counts: readonly FaultCount[]): FaultCount[] {
  const merged = new Map<string, FaultCount>();
  for (const { kind, planned, struck, verdicts } of counts) {
    const before = merged.get(kind) ?? { kind, planned: 0, struck: 0, verdicts: 0 };
    merged.set(kind, {
      kind,
      planned: before.planned + planned,
      struck: before.struck + struck,
      verdicts: before.verdicts + verdicts,
    });
  }
  return [...merged.values()].sort((left, right) => compareCodeUnits(left.kind, right.kind));
}
