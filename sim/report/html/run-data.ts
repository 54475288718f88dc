import { childBars } from './child-bars.js';
import { eventColumns } from './event-columns.js';
import { faultBands, faultLines } from './fault-bands.js';
import type { ReportData, RunFacts } from './report-data.js';
import { nodeName } from '../node-name.js';
import { spanText, wholeText } from '../number-text.js';
import type { TracedRun } from '../trace-file.js';

/** Everything that the page shows of a run. Nothing of the machine that made it is among it. */
export function reportDataOf(run: TracedRun): ReportData {
  const { report } = run;
  const { entries, config } = report;
  const nodeIds = config.nodes.map(({ id }) => id);
  const endUs = Math.max(1, report.endedUs);
  const { children, bars, childOf } = childBars(entries, endUs);
  return {
    run: runFacts(run, endUs),
    nodes: nodeIds.map((id) => ({ id, name: nodeName(id), isSupervisor: isSupervisor(run, id) })),
    children,
    ...eventColumns(entries, children, childOf),
    bars,
    bands: faultBands(entries, nodeIds, endUs),
    faults: faultLines(report),
  };
}

function runFacts({ report, scenario, summary, replay }: TracedRun, endUs: number): RunFacts {
  const { verdict, violation, invariants, recoveries, traceHash } = summary;
  const bad =
    violation === undefined
      ? null
      : {
          event: Math.min(violation.event, report.entries.length - 1),
          atUs: violation.atUs,
          checker: violation.checker,
        };
  return {
    title: `${verdict.word}: seed ${scenario.seed}, ${report.config.nodes.length} nodes`,
    seed: scenario.seed,
    replay,
    verdict: verdict.word,
    reason: verdict.reason ?? null,
    bad,
    endUs,
    traceHash,
    facts: drawnFacts({ report, scenario, summary, replay }),
    invariants: invariants.map(({ id, title, checked, failed, excused }) => {
      return { id, title, checked, failed, excused };
    }),
    recoveries: recoveries.map(({ childId, fromNode, toNode, crashedUs, startedUs }) => {
      const [from, to] = [nodeName(fromNode), nodeName(toNode)];
      return { child: childId, from, to, crashedUs, startedUs };
    }),
  };
}

function drawnFacts({ report, scenario, summary }: TracedRun): [string, string][] {
  const { settings, latencyMs, name, times } = scenario;
  const { heartbeatIntervalMs, heartbeatMissThreshold } = settings;
  const { strategy, selector, children, restartIntensity } = settings.supervisor;
  const { maxRestarts, withinMs } = restartIntensity;
  const placed = typeof selector === 'string' ? selector : `always ${nodeName(selector.node)}`;
  const { asked, answered } = summary.calls;
  return [
    ...(name === undefined ? [] : [['scenario', name] as [string, string]]),
    ['nodes', `${settings.nodeIds.length}`],
    ['children', `${children.length}, ${strategy}, ${placed}`],
    ['intensity', `${maxRestarts} in ${spanText(withinMs)}`],
    ['latency', `${latencyMs.min} to ${latencyMs.max} ms`],
    ['heartbeat', `every ${spanText(heartbeatIntervalMs)}, down after ${heartbeatMissThreshold}`],
    ['length', `${spanText(times.durationMs)}, checked at ${spanText(times.finalMs)}`],
    ['calls', `${wholeText(answered)} of ${wholeText(asked)} answered`],
    ['events', wholeText(report.events)],
  ];
}

function isSupervisor({ report }: TracedRun, nodeId: string): boolean {
  const nodeIds = report.config.nodes.map(({ id }) => id);
  return report.observed.some(
    ({ node, observation }) =>
      observation.kind === 'supervising' && (nodeIds[node] as string) === nodeId,
  );
}
