import fc from 'fast-check';
import { expect } from 'vitest';
import type { NodeId } from '../../src/base/node-id.js';
import { PlacedLoads } from '../../src/distributed/placed-loads.js';
import {
  type Candidates,
  type PlacementChoice,
  Placement,
} from '../../src/distributed/placement.js';
import type { NodeSelector, NodeSelectorType } from '../../src/distributed/node-selector.js';
import type { Random } from '../../src/platform/platform.js';
import { seededRandom } from '../../src/platform/random.js';
import { type PlacementStep, placementHistories } from '../arbitraries/placement-history.js';
import { PlacementWorld } from '../models/placement-world.js';

/** What a law needs of the placement of one supervisor. */
export interface Placer {
  choose(selector: NodeSelector, childId: string, candidates: Candidates): PlacementChoice;
}

/** Makes the placement of one more supervisor of a node, which share what they know of loads. */
export type MakePlacer = (random: Random, loads: PlacedLoads) => Placer;

export const makePlacer: MakePlacer = (random, loads) => new Placement(random, loads);

/** Every selector chooses one of the candidates: never a node that is down or excluded. */
export function candidatesLaw(make: MakePlacer): void {
  const histories = selectors().chain((selector) => placementHistories(selector));
  fc.assert(
    fc.property(histories, fc.nat(), (history, seed) => {
      walk(make, seed, history, (choice, { candidates }) => {
        expect(candidates, 'only candidates are chosen').toContain(choice);
      });
    }),
  );
}

/**
 * While the candidates stay the same, each supervisor's `round_robin` takes every node equally
 * often, to within one; whatever came, went, or was placed by others or by other selectors.
 */
export function roundRobinLaw(make: MakePlacer): void {
  fc.assert(
    fc.property(placementHistories('round_robin'), fc.nat(), (history, seed) => {
      let taken = countsOfBoth();
      walk(make, seed, history, (choice, { step, candidates, isChanged }) => {
        if (isChanged) taken = countsOfBoth();
        if (step.selector !== 'round_robin') return;
        const mine = taken[step.by];
        mine.set(choice, (mine.get(choice) ?? 0) + 1);
        const counts = candidates.map((nodeId) => mine.get(nodeId) ?? 0);
        expect(Math.max(...counts) - Math.min(...counts), 'fair to within one').toBeLessThan(2);
      });
    }),
  );
}

/** `least_loaded` never takes a node that it knows to be busier than another, local or not. */
export function leastLoadedLaw(make: MakePlacer): void {
  fc.assert(
    fc.property(placementHistories('least_loaded'), fc.nat(), (history, seed) => {
      walk(make, seed, history, (choice, { step, candidates, loadOf }) => {
        if (step.selector !== 'least_loaded') return;
        const least = Math.min(...candidates.map(loadOf));
        expect(loadOf(choice), 'none is known to be less busy').toBe(least);
      });
    }),
  );
}

/** `random`, and the ties of `least_loaded`, give every node the same chance. */
export function evenChanceLaw(make: MakePlacer): void {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.constantFrom('random' as const, 'least_loaded' as const),
      (seed, selector) => {
        const placer = make(seededRandom(seed), new PlacedLoads());
        const world = new PlacementWorld();
        const nodes = world.nodes();
        const counts = new Map<NodeId, number>();
        for (let draw = 0; draw < DRAWS; draw++) {
          // Every node has just said that it is idle, so that nothing but chance decides.
          const idle = nodes.map((node) => ({ ...node, lastHeartbeatAt: draw }));
          const choice = placer.choose(selector, `w${draw}`, { nodes: idle, local: world.local });
          if (choice.kind === 'placed')
            counts.set(choice.nodeId, (counts.get(choice.nodeId) ?? 0) + 1);
        }
        const due = DRAWS / nodes.length;
        const chiSquare = nodes.reduce(
          (sum, { id }) => sum + ((counts.get(id) ?? 0) - due) ** 2 / due,
          0,
        );
        expect(chiSquare, 'an even chance').toBeLessThan(CHI_SQUARE_MAX);
      },
    ),
    { numRuns: 50 },
  );
}

function countsOfBoth(): readonly [Map<NodeId, number>, Map<NodeId, number>] {
  return [new Map<NodeId, number>(), new Map<NodeId, number>()];
}

interface Placed {
  readonly step: Extract<PlacementStep, { kind: 'place' }>;
  readonly candidates: readonly NodeId[];
  /** Whether the candidates changed since the placement before. */
  readonly isChanged: boolean;
  /** As it was before this placement. */
  loadOf(nodeId: NodeId): number;
}

function walk(
  make: MakePlacer,
  seed: number,
  history: readonly PlacementStep[],
  check: (choice: NodeId, placed: Placed) => void,
): void {
  const loads = new PlacedLoads();
  const random = seededRandom(seed);
  const placers = [make(random, loads), make(random, loads)] as const;
  const world = new PlacementWorld();
  let isChanged = false;
  for (const step of history) {
    if (step.kind !== 'place') {
      if (!world.apply(step)) isChanged = true;
      continue;
    }
    const nodes = world.nodes();
    const choice = placers[step.by].choose(step.selector, 'w', { nodes, local: world.local });
    expect(choice.kind, 'a built-in selector always finds a node').toBe('placed');
    if (choice.kind !== 'placed') continue;
    const candidates = nodes.map(({ id }) => id);
    const loadOf = (nodeId: NodeId): number => world.knownLoad(nodeId);
    check(choice.nodeId, { step, candidates, isChanged, loadOf });
    isChanged = false;
    world.placedOn(choice.nodeId);
  }
}

function selectors(): fc.Arbitrary<NodeSelectorType> {
  return fc.constantFrom('local_first', 'round_robin', 'least_loaded', 'random');
}

const DRAWS = 1200;
// Five degrees of freedom: an even chance goes beyond it once in ten thousand runs.
const CHI_SQUARE_MAX = 25.7;
