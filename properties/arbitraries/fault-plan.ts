import fc from 'fast-check';
import type { CrashFault } from '../../sim/plan.js';
import { crashOf, type Stage, type StagedOperation } from '../../sim/planted/stage.js';

/** Something that befalls a simulated cluster. Numbers are taken modulo how many there are. */
type Mishap =
  | { readonly kind: 'child'; readonly child: number; readonly by: number; readonly atMs: number }
  | {
      readonly kind: 'node';
      readonly node: number;
      readonly mode: 'closes' | 'silent';
      readonly atMs: number;
    };

export interface FaultPlanOptions {
  /** Whether children crash on their own as well, besides going down with their nodes. */
  readonly childCrashes: boolean;
}

/** Faults and operations for a small cluster; the supervisor's own node is spared. */
export function faultPlans({ childCrashes }: FaultPlanOptions): fc.Arbitrary<Stage> {
  return fc
    .record({
      nodes: fc.integer({ min: 2, max: 4 }),
      children: fc.integer({ min: 2, max: 6 }),
      mishaps: fc.array(childCrashes ? fc.oneof(childCrash, nodeCrash) : nodeCrash, {
        minLength: 1,
        maxLength: 8,
      }),
    })
    .map(({ nodes, children, mishaps }) => {
      const faults = mishaps.flatMap((mishap) => crashFault(mishap, nodes));
      const operations = mishaps.flatMap((mishap) => crashOperation(mishap, nodes, children));
      return { nodes, children, faults, operations };
    });
}

// Late enough for all children to run, early enough for what follows to be seen.
const atMs = fc.integer({ min: 600, max: 5000 });

const childCrash = fc.record({
  kind: fc.constant('child' as const),
  child: fc.nat({ max: 5 }),
  by: fc.nat({ max: 3 }),
  atMs,
});

const nodeCrash = fc.record({
  kind: fc.constant('node' as const),
  node: fc.nat({ max: 2 }),
  mode: fc.constantFrom('closes' as const, 'silent' as const),
  atMs,
});

function crashFault(mishap: Mishap, nodes: number): CrashFault[] {
  if (mishap.kind !== 'node') return [];
  const { node, mode, atMs } = mishap;
  return [{ kind: 'crash', node: 1 + (node % (nodes - 1)), mode, atMs }];
}

function crashOperation(mishap: Mishap, nodes: number, children: number): StagedOperation[] {
  if (mishap.kind !== 'child') return [];
  const { child, by, atMs } = mishap;
  return [crashOf(1 + (child % children), atMs, by % nodes)];
}
