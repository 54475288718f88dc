import { nodeSpec } from '../simulate.js';
import type { Scenario } from './scenario.js';

/**
 * Six permanent children on the last of three nodes, and that node dies. The selector is a function
 * that always takes the last node, so all six come back on the second one.
 */
export function oneNodeScenario(seed: number): Scenario {
  const nodeIds = [0, 1, 2].map((at) => nodeSpec(at, undefined).id);
  const children = [1, 2, 3, 4, 5, 6].map((n) => {
    return { id: `counter-${n}`, restart: 'permanent' as const };
  });
  const kill = { node: 2, nodeId: nodeIds[2] as string, atMs: 3000, mode: 'closes' as const };
  return {
    seed,
    settings: {
      nodeIds,
      heartbeatIntervalMs: 1000,
      heartbeatMissThreshold: 3,
      supervisor: {
        strategy: 'one_for_one',
        selector: 'last',
        restartIntensity: { maxRestarts: 3, withinMs: 5000 },
        children,
      },
    },
    plan: {
      faults: [{ kind: 'crash', node: kill.node, atMs: kill.atMs, mode: kill.mode }],
      operations: nodeIds.map((_, node) => {
        return { node, atMs: 7000, operation: { kind: 'final' } };
      }),
    },
    kills: [kill],
    times: {
      killsFromMs: 3000,
      killsUntilMs: 3000,
      operationsFromMs: 7000,
      operationsUntilMs: 7000,
      finalMs: 7000,
      durationMs: 10_000,
    },
    latencyMs: { min: 0.2, max: 5 },
  };
}
