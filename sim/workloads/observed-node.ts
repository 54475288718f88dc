import { CLUSTER } from '../../src/cluster/cluster.js';
import type { GlobalRegistryEvent } from '../../src/cluster/global-registry-event.js';
import type { GlobalRegistryNode } from '../../src/cluster/global-registry.js';
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
  switch (event.type) {
    case 'registered':
    case 'unregistered':
      return { kind: `name_${event.type}`, name: event.name, processId: event.ref.id };
    case 'conflictResolved': {
      const { name, winner, loser } = event;
      return { kind: 'name_conflict', name, winner: winner.id, loser: loser.id };
    }
    case 'synced':
      return { kind: 'names_synced', nodeId: event.nodeId, count: event.count };
  }
}
