// eslint-disable-next-line @typescript-eslint/ban-ts-comment -- kept in the declarations as it is
/** @ts-ignore: a project without fast-check has no types of it, and needs none. */
import type { Arbitrary, default as fastCheck } from 'fast-check';
import type { Fault, FaultKind, Operation, Plan } from '../plan.js';
import { faultArbitraries, type FaultRange } from './fault-arbitraries.js';

/** fast-check itself, as `import fc from 'fast-check'` gives it. */
export type FastCheck = Pick<
  typeof fastCheck,
  | 'array'
  | 'constant'
  | 'constantFrom'
  | 'integer'
  | 'nat'
  | 'oneof'
  | 'record'
  | 'tuple'
  | 'uniqueArray'
>;

/** From what faults are drawn. */
export interface FaultPlanRange extends Partial<Omit<FaultRange, 'nodes'>> {
  readonly nodes: number;
  /** The kinds that may come; crashes, pauses and partitions when absent. */
  readonly kinds?: readonly FaultKind[];
  /** 4 when absent. */
  readonly countMax?: number;
}

/** When and where operations are drawn. */
export interface WorkloadRange {
  readonly nodes: number;
  readonly fromMs?: number;
  readonly untilMs?: number;
  /** 10 when absent. */
  readonly countMax?: number;
  /** 0 when absent. */
  readonly countMin?: number;
}

/** Plans and their parts as fast-check draws them: plain data, which it shrinks by itself. */
export interface SimulationArbitraries {
  /** Faults of the kinds asked for, in no order: each has its own time. */
  faults(range: FaultPlanRange): Arbitrary<Fault[]>;
  /** Operations that `operation` draws, on any node, in the order of time. */
  workload(operation: Arbitrary<unknown>, range: WorkloadRange): Arbitrary<Operation[]>;
  /** Faults and operations together. */
  plan(
    operation: Arbitrary<unknown>,
    range: FaultPlanRange & { readonly operationsMax?: number },
  ): Arbitrary<Plan>;
}

/**
 * Arbitraries made with the caller's own fast-check, which is no dependency of this package:
 * `arbitraries(fc).plan(fc.record({ amount: fc.nat() }), { nodes: 3 })`.
 *
 * What they draw shrinks towards fewer, earlier and shorter faults and fewer operations.
 */
export function arbitraries(fc: FastCheck): SimulationArbitraries {
  const faults = (range: FaultPlanRange): Arbitrary<Fault[]> => {
    const { nodes, fromMs = 1000, untilMs = 10_000, forMaxMs = 8000, countMax = 4 } = range;
    const { kinds = DEFAULT_KINDS } = range;
    const byKind = faultArbitraries(fc, { nodes, fromMs, untilMs, forMaxMs });
    const choices = kinds.map((kind) => byKind[kind]());
    return fc.array(fc.oneof(...choices), { maxLength: countMax });
  };
  const workload = (
    operation: Arbitrary<unknown>,
    { nodes, fromMs = 1000, untilMs = 10_000, countMin = 0, countMax = 10 }: WorkloadRange,
  ): Arbitrary<Operation[]> => {
    const node = fc.nat({ max: nodes - 1 });
    const atMs = fc.integer({ min: fromMs, max: untilMs });
    return fc.array(fc.record({ node, atMs, operation }), {
      minLength: countMin,
      maxLength: countMax,
    });
  };
  return {
    faults,
    workload,
    plan: (operation, { operationsMax = 10, ...range }) =>
      fc.record({
        faults: faults(range),
        operations: workload(operation, { ...range, countMax: operationsMax }),
      }),
  };
}

const DEFAULT_KINDS: readonly FaultKind[] = ['crash', 'pause', 'partition'];
