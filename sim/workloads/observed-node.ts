import { CLUSTER } from '../../src/cluster/cluster.js';
import type { GlobalRegistryEvent, GlobalRegistryNode } from '../../src/cluster/global-registry.js';
import type { Runtime } from '../../src/runtime/runtime.js';
import type { Observation } from '../turn.js';
import { observedProbe } from './observed-probe.js';

/**
 * Tells the checkers everything that they want to know of a node: call it before the cluster of the
 * runtime starts.
 */
export function observeNode(runtime: Runtime, observe: (observation: Observation) => void): void {
  runtime.probe = observedProbe(observe);
  runtime.use(CLUSTER).attach((node) => observeNames(node.registry, observe));
}

function observeNames(
  registry: GlobalRegistryNode,
  observe: (observation: Observation) => void,
): void {
  registry.on((event) => observe(nameChange(event)));
}

function nameChange(event: GlobalRegistryEvent): Observation {
  const { type, name } = event;
  if (type !== 'conflictResolved') return { kind: `name_${type}`, name, processId: event.ref.id };
  return { kind: 'name_conflict', name, winner: event.winner.id, loser: event.loser.id };
}
