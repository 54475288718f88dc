import fc from 'fast-check';
import type { Fault } from '../../sim/plan.js';
import { crashOf, type Stage, type StagedOperation } from '../../sim/planted/stage.js';

/** Something that befalls a simulated cluster. Numbers are taken modulo how many there are. */
type Mishap =
  | { readonly kind: 'child'; readonly child: number; readonly by: number; readonly atMs: number }
  | {
      readonly kind: 'node';
      readonly node: number;
      readonly mode: 'closes' | 'silent';
      /** How long it stays away, if it comes back. */
      readonly awayMs?: number | undefined;
      readonly atMs: number;
    }
  | {
      readonly kind: 'clock';
      readonly node: number;
      readonly jumpMs: number;
      readonly driftPpm: number;
      readonly atMs: number;
    };

export interface FaultPlanOptions {
  /** Whether children crash on their own as well, besides going down with their nodes. */
  readonly childCrashes: boolean;
  /** Whether some of the lost nodes join again, in a new life. */
  readonly comebacks?: boolean;
  /** Whether wall clocks jump and drift: the supervisor's, too. */
  readonly clockJumps?: boolean;
}

/** Faults and operations for a small cluster; the supervisor's own node is spared. */
export function faultPlans(options: FaultPlanOptions): fc.Arbitrary<Stage> {
  const { childCrashes, comebacks = false, clockJumps = false } = options;
  const mishap = fc.oneof(
    ...(childCrashes ? [childCrash] : []),
    comebacks ? nodeComeback : nodeCrash,
    ...(clockJumps ? [clockJump] : []),
  );
  return fc
    .record({
      nodes: fc.integer({ min: 2, max: 4 }),
      children: fc.integer({ min: 2, max: 6 }),
      mishaps: fc.array(mishap, { minLength: 1, maxLength: 8 }),
    })
    .map(({ nodes, children, mishaps }) => {
      const faults = mishaps.flatMap((mishap) => faultOf(mishap, nodes));
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

// At once, before anybody noticed, or after everybody did.
const nodeComeback = fc
  .tuple(nodeCrash, fc.constantFrom(undefined, 5, 700, 2500))
  .map(([crash, awayMs]) => ({ ...crash, awayMs }));

const clockJump = fc.record({
  kind: fc.constant('clock' as const),
  node: fc.nat({ max: 3 }),
  jumpMs: fc.constantFrom(-3_600_000, -5000, -1, 1, 5000, 3_600_000),
  driftPpm: fc.constantFrom(-100_000, 0, 100_000),
  atMs,
});

function faultOf(mishap: Mishap, nodes: number): Fault[] {
  if (mishap.kind === 'child') return [];
  const { kind, node, ...rest } = mishap;
  if (kind === 'clock') return [{ ...rest, kind, node: node % nodes }];
  const { mode, awayMs, atMs } = mishap;
  const back = awayMs === undefined ? {} : { restartAfterMs: awayMs };
  return [{ kind: 'crash', node: 1 + (node % (nodes - 1)), mode, atMs, ...back }];
}

function crashOperation(mishap: Mishap, nodes: number, children: number): StagedOperation[] {
  if (mishap.kind !== 'child') return [];
  const { child, by, atMs } = mishap;
  return [crashOf(1 + (child % children), atMs, by % nodes)];
}
