import type { Observed } from '../world-report.js';
import { isCrash, textOf } from './fact.js';

/** A child that was lost with its node and runs again. */
export interface Recovery {
  readonly childId: string;
  readonly fromNode: string;
  readonly toNode: string;
  readonly crashedUs: number;
  /** When the supervisor knew that the new incarnation runs. */
  readonly startedUs: number;
}

export interface RecoveryTimes {
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/**
 * What became of each child that ran on a node when it crashed, in the order of their return. A
 * child that is lost again before it returned counts once, from the first crash on.
 */
export function recoveriesOf(
  observed: readonly Observed[],
  nodeIds: readonly string[],
): Recovery[] {
  const recovered: Recovery[] = [];
  const homes = new Map<string, string>();
  const crashes = new Map<string, number>();
  const lost = new Map<string, Pick<Recovery, 'fromNode' | 'crashedUs'>>();
  const lose = (childId: string, fromNode: string): void => {
    const crashedUs = crashes.get(fromNode);
    homes.delete(childId);
    if (crashedUs !== undefined && !lost.has(childId)) lost.set(childId, { fromNode, crashedUs });
  };
  for (const fact of observed) {
    const childId = textOf(fact, 'childId');
    if (isCrash(fact)) {
      const nodeId = nodeIds[fact.node] as string;
      crashes.set(nodeId, fact.atUs);
      for (const [child, home] of [...homes]) if (home === nodeId) lose(child, nodeId);
    } else if (fact.observation.kind === 'world_restart') {
      crashes.delete(nodeIds[fact.node] as string);
    } else if (fact.observation.kind === 'child_stop' || fact.observation.kind === 'child_ended') {
      homes.delete(childId);
    } else if (fact.observation.kind === 'child_started') {
      const toNode = textOf(fact, 'nodeId');
      homes.set(childId, toNode);
      const loss = lost.get(childId);
      // The news of a start may outlive the node that it is about.
      if (crashes.has(toNode)) {
        lose(childId, toNode);
      } else if (loss !== undefined) {
        lost.delete(childId);
        recovered.push({ childId, ...loss, toNode, startedUs: fact.atUs });
      }
    }
  }
  return recovered;
}

export function recoveryTimes(recoveries: readonly Recovery[]): RecoveryTimes {
  const tookMs = recoveries.map(({ crashedUs, startedUs }) => (startedUs - crashedUs) / 1000);
  tookMs.sort((left, right) => left - right);
  return { p50Ms: percentile(tookMs, 0.5), p99Ms: percentile(tookMs, 0.99) };
}

/** The smallest of the sorted values that `share` of them do not exceed; `null` of none. */
export function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}
