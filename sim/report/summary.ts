import type { Violation } from '../checkers/checker.js';
import type { CrashMode } from '../plan.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { SimReport } from '../simulate.js';
import { callCounts, type CallCounts } from './calls.js';
import { faultCounts, type FaultCount } from './fault-counts.js';
import { type ChildNow, placementAfter, placementBefore, type PlacedChild } from './placement.js';
import { percentile, recoveriesOf, type Recovery, recoveryTimes } from './recovery.js';
import { untestedOf, type Verdict, verdictOf } from './verdict.js';

/** What a run came to, as plain data: the tables and the JSON are two ways to print it. */
export interface RunSummary {
  readonly verdict: Verdict;
  readonly killed: readonly KilledNode[];
  readonly before: readonly PlacedChild[];
  readonly children: readonly ChildNow[];
  readonly recoveries: readonly Recovery[];
  readonly recovery: { readonly p50Ms: number | null; readonly p99Ms: number | null };
  readonly invariants: readonly Invariant[];
  readonly violation: Violation | undefined;
  readonly calls: CallCounts;
  /** Which faults struck. */
  readonly faults: readonly FaultCount[];
  readonly threads: readonly ThreadLife[];
  /** The median of how long a node's thread took to be ready; `null` when none was started. */
  readonly threadStartMs: number | null;
  /** Records of the trace. */
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly virtualMs: number;
  readonly wallMs: number;
  readonly virtualPerSecond: number;
  readonly traceHash: string;
}

export interface KilledNode {
  readonly nodeId: string;
  readonly atMs: number;
  readonly mode: CrashMode;
  readonly threadId: number;
  /** Whether the exit of the node's own thread was seen: never in the in-process lane. */
  readonly exitSeen: boolean;
}

export interface Invariant {
  readonly id: string;
  readonly title: string;
  readonly checked: number;
  readonly failed: number;
  /** Never tested, and rightly so: nothing was lost. */
  readonly excused: boolean;
  /** Why it did not have to be tested. */
  readonly excuse?: string;
}

export interface ThreadLife {
  readonly nodeId: string;
  readonly incarnation: number;
  readonly threadId: number;
  readonly startMs: number;
}

export function summaryOf(report: SimReport, scenario: Scenario): RunSummary {
  const { nodeIds } = scenario.settings;
  const recoveries = recoveriesOf(report.observed, nodeIds);
  const startsMs = report.threads.map(({ startMs }) => startMs);
  const virtualMs = report.end === 'duration' ? report.config.durationMs : report.endedUs / 1000;
  return {
    verdict: verdictOf(report, scenario),
    killed: killedIn(report, scenario),
    before: placementBefore(report.observed),
    children: placementAfter(report.observed),
    recoveries,
    recovery: recoveryTimes(recoveries),
    invariants: invariantsOf(report),
    violation: report.violation,
    calls: callCounts(report.observed),
    faults: faultCounts(report.faults),
    threads: report.threads.map(({ node, incarnation, threadId, startMs }) => {
      return { nodeId: nodeIds[node] as string, incarnation, threadId, startMs };
    }),
    threadStartMs: percentile(
      startsMs.sort((left, right) => left - right),
      0.5,
    ),
    events: report.events,
    eventsPerSecond: perSecond(report.events, report.loopMs),
    virtualMs,
    wallMs: report.wallMs,
    virtualPerSecond: perSecond(virtualMs / 1000, report.loopMs),
    traceHash: report.traceHash,
  };
}

function killedIn({ threadEnds }: SimReport, { kills }: Scenario): KilledNode[] {
  return kills.flatMap(({ node, nodeId, atMs, mode }) => {
    const end = threadEnds.find((ended) => ended.node === node);
    if (end === undefined) return [];
    return [{ nodeId, atMs, mode, threadId: end.threadId, exitSeen: end.exited }];
  });
}

/** Every promise, how often it was put to the test, and whether it is the broken one. */
export function invariantsOf(report: SimReport): Invariant[] {
  const excused = new Set(untestedOf(report).flatMap(({ id, excused }) => (excused ? [id] : [])));
  const invariants = report.checked.map(({ id, title, checks, excuse }) => ({
    id,
    title,
    checked: checks,
    failed: report.violation?.checker === id ? 1 : 0,
    excused: excused.has(id),
    ...(excuse === undefined ? {} : { excuse }),
  }));
  return invariants.sort((left, right) => placeOf(left.id) - placeOf(right.id));
}

/** What must hold always before what must hold in the end, each by number. */
function placeOf(id: string): number {
  return (id.startsWith('L') ? 1000 : 0) + Number(id.slice(1));
}

function perSecond(amount: number, tookMs: number): number {
  return tookMs === 0 ? 0 : (amount / tookMs) * 1000;
}
