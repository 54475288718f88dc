import type { Observed } from '../world-report.js';
import { listOf, textOf } from './fact.js';

export interface PlacedChild {
  readonly id: string;
  readonly nodeId: string;
}

export interface ChildNow extends PlacedChild {
  /** How many incarnations of it the supervisor has seen start: 1 was never restarted. */
  readonly incarnation: number;
}

/** Where the children were when the supervisor had started all of them; empty when it had not. */
export function placementBefore(observed: readonly Observed[]): PlacedChild[] {
  const supervising = observed.find(({ observation }) => observation.kind === 'supervising');
  return supervising === undefined ? [] : placed(supervising);
}

/**
 * Where the children are, in the order of their start: as the supervisor says at the end, or, when
 * the run ended before that, where each was started last. A child without a node is not listed.
 */
export function placementAfter(observed: readonly Observed[]): ChildNow[] {
  const started = observed.filter(({ observation }) => observation.kind === 'child_started');
  const incarnations = new Map<string, number>();
  const homes = new Map<string, string>();
  for (const fact of started) {
    const childId = textOf(fact, 'childId');
    incarnations.set(childId, (incarnations.get(childId) ?? 0) + 1);
    homes.set(childId, textOf(fact, 'nodeId'));
  }
  const table = lastTable(observed);
  const now =
    table === undefined ? [...homes].map(([id, nodeId]) => ({ id, nodeId })) : placed(table);
  return now.map((child) => ({ ...child, incarnation: incarnations.get(child.id) ?? 0 }));
}

/** Of several that say they have the supervisor, whoever got it last. */
function lastTable(observed: readonly Observed[]): Observed | undefined {
  const tables = observed.filter(({ observation }) => observation.kind === 'final_table');
  const owner = observed.findLast(({ node, observation: { kind } }) => {
    const isReign = kind === 'supervising' || kind === 'supervisor_resumed';
    return isReign && tables.some((table) => table.node === node);
  });
  return tables.findLast(({ node }) => node === owner?.node) ?? tables.at(-1);
}

function placed(fact: Observed): PlacedChild[] {
  return listOf<{ childId: string; nodeId: string }>(fact, 'children').map(
    ({ childId, nodeId }) => ({ id: childId, nodeId }),
  );
}
