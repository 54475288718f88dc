import type { Observed } from '../world-report.js';
import type { Scenario } from './scenario.js';

/**
 * The first thing that moved when nothing may move any more: between `settledMs` and `finalMs` no
 * child starts or ends and no member comes or goes, among those that stay connected.
 */
export function unrestOf(
  observed: readonly Observed[],
  { times, plan }: Pick<Scenario, 'times' | 'plan'>,
): Observed | undefined {
  const { settledMs, finalMs } = times;
  if (settledMs === undefined) return undefined;
  const core = plan.heal?.core;
  return observed.find(({ atUs, node, observation }) => {
    const isThen = atUs > settledMs * 1000 && atUs <= finalMs * 1000;
    return isThen && MOVES.has(observation.kind) && (core === undefined || core.includes(node));
  });
}

/** What moved, in words. */
export function unrestText({ atUs, observation }: Observed): string {
  const { kind, childId, nodeId } = observation;
  const who = [childId, nodeId].filter((one) => typeof one === 'string').join(' on ');
  const what = `${kind.replaceAll('_', ' ')} ${who}`.trim();
  return `all had to be quiet, and at ${atUs / 1000} ms: ${what}`;
}

const MOVES: ReadonlySet<string> = new Set([
  ...['child_start', 'child_failed', 'child_ended', 'child_stop', 'children_lost'],
  ...['fenced_started', 'fenced_ended', 'supervisor_ended', 'name_conflict'],
  ...['node_up', 'node_down', 'node_reconciled', 'world_crash', 'world_failed', 'world_restart'],
]);
