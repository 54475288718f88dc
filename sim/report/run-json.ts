import type { Scenario } from '../scenarios/scenario.js';
import { nodeName } from './node-name.js';
import type { RunSummary } from './summary.js';

export interface JsonFacts {
  readonly lane: string;
  readonly replay: string;
  /** The other runs of the same, when there were some. */
  readonly comparisons: readonly object[];
}

/** The one object that `--json` prints. Figures of the machine are rounded, virtual ones not. */
export function runJson(summary: RunSummary, scenario: Scenario, facts: JsonFacts): object {
  const { verdict, recoveries, threads, threadStartMs, ...rest } = summary;
  const { nodeIds, supervisor } = scenario.settings;
  return {
    seed: scenario.seed,
    nodes: nodeIds.length,
    nodeIds,
    supervisorNode: nodeIds[0],
    strategy: supervisor.strategy,
    selector: supervisor.selector,
    restartIntensity: supervisor.restartIntensity,
    latencyMs: scenario.latencyMs,
    faults: rest.faults,
    killed: rest.killed,
    before: rest.before,
    children: rest.children,
    recovery: { ...rest.recovery, children: recoveries.map(recoveryJson) },
    calls: rest.calls,
    invariants: rest.invariants.map(({ id, title, checked, failed }) => {
      return { id, title, checked, failed };
    }),
    violation: rest.violation ?? null,
    threads: threads.map((thread) => ({ ...thread, startMs: rounded(thread.startMs) })),
    threadStartMs: threadStartMs === null ? null : rounded(threadStartMs),
    events: rest.events,
    eventsPerSecond: Math.round(rest.eventsPerSecond),
    virtualMs: rest.virtualMs,
    wallMs: rounded(rest.wallMs),
    virtualPerSecond: rounded(rest.virtualPerSecond),
    lane: facts.lane,
    traceHash: rest.traceHash,
    ...(facts.comparisons.length === 0 ? {} : { comparisons: facts.comparisons }),
    verdict: verdict.word,
    reason: verdict.reason ?? null,
    exitCode: verdict.exitCode,
    replay: facts.replay,
  };
}

function recoveryJson(recovery: RunSummary['recoveries'][number]): object {
  const { childId, fromNode, toNode, crashedUs, startedUs } = recovery;
  const tookMs = (startedUs - crashedUs) / 1000;
  return { id: childId, from: nodeName(fromNode), to: nodeName(toNode), tookMs };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
