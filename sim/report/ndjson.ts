import type { TraceEntry } from '../trace.js';
import type { TracedRun } from './trace-file.js';

/**
 * A run as lines of JSON, for `jq` and scripts.
 *
 * The first line is the header: `{ type: 'header', format: 1, seed, replay, traceHash, nodes, plan,
 * config }`, where `nodes` are ids in the order of their indexes and `config` decides the run. Then
 * one line for each record of the trace, in order: `{ type: 'event', event, atUs, node,
 * incarnation, kind }` and, where they are known, `link`, `message`, `peer`, `bytes`, `frame`,
 * `digest`, `detail`. `node` and `peer` are ids; what the world itself does has node `null`.
 * Records with one `message` belong to one thing that crossed the network, from `send`, `dial` or
 * `close` to its end. The last line is the verdict: `{ type: 'verdict', verdict, exitCode, reason,
 * violation, invariants, recoveries, events, endedUs }`.
 */
export function ndjsonTrace(run: TracedRun): string {
  const { report } = run;
  const nodeIds = report.config.nodes.map(({ id }) => id);
  const lines = [
    headerOf(run, nodeIds),
    ...report.entries.map((entry) => recordOf(entry, nodeIds)),
    verdictLine(run),
  ];
  return lines.map((line) => `${JSON.stringify(line, plain)}\n`).join('');
}

function headerOf({ report, scenario, replay }: TracedRun, nodeIds: readonly string[]): object {
  // What the machine may take of its own time is no part of the run.
  const { plan, nodes, keepEntries: _kept, turnBudgetMs: _budget, ...config } = report.config;
  const { seed, name } = scenario;
  const { traceHash } = report;
  return {
    type: 'header',
    format: 1,
    seed,
    ...(name === undefined ? {} : { scenario: name }),
    replay,
    traceHash,
    nodes: nodeIds,
    plan,
    config: { ...config, program: nodes[0]?.program },
  };
}

function recordOf(entry: TraceEntry, nodeIds: readonly string[]): object {
  const { event, atUs, node, incarnation, kind, peer, ...rest } = entry;
  return {
    type: 'event',
    event,
    atUs,
    node: nodeIds[node] ?? null,
    incarnation,
    kind,
    ...(peer === undefined ? {} : { peer: nodeIds[peer] ?? null }),
    ...rest,
  };
}

function verdictLine({ report, summary }: TracedRun): object {
  const { verdict, violation, invariants, recoveries, events } = summary;
  return {
    type: 'verdict',
    verdict: verdict.word,
    exitCode: verdict.exitCode,
    reason: verdict.reason ?? null,
    violation: violation ?? null,
    invariants,
    recoveries,
    events,
    endedUs: report.endedUs,
  };
}

/** JSON has no bigints and no bytes: both become text, bytes as hex. */
export function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`;
  return value;
}
