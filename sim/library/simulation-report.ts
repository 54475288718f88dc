import type { Violation } from '../checkers/checker.js';
import type { Plan } from '../plan.js';
import type { Checked } from '../run.js';
import { nodeName } from '../report/node-name.js';
import type { SimReport } from '../simulate.js';
import {
  brokenIn,
  type Invariants,
  type ObservedRun,
  observedRun,
  type Told,
} from './invariant.js';
import { planLines } from './plan-text.js';

/** One run of a user's module, judged. A run that does not pass throws nothing by itself. */
export interface SimulationReport extends ObservedRun {
  readonly passed: boolean;
  /** The first broken promise; absent when it passed. */
  readonly violation?: Violation;
  /** All of them: the product's own, the module's and the test's. */
  readonly violations: readonly Violation[];
  /** Equal for equal runs, in both lanes. */
  readonly traceHash: string;
  readonly operations: OperationCounts;
  /** How often each of the product's own promises was put to the test. */
  readonly checked: readonly Checked[];
  /** How to make this run again. */
  readonly replay: string;
  /** The run as the engine reports it: trace entries, threads, failures. */
  readonly sim: SimReport;
  /** What a failing assertion should say. */
  toString(): string;
}

/** What became of the workload. */
export interface OperationCounts {
  readonly done: number;
  /** Rejected by the module's `operate`; no failure by itself. */
  readonly failed: number;
}

export interface JudgedBy {
  /** As the module and the test know it. */
  readonly plan: Plan;
  readonly nodes: readonly string[];
  readonly promises: Invariants;
}

export function reportOf(sim: SimReport, { plan, nodes, promises }: JudgedBy): SimulationReport {
  const { seed } = sim.config;
  const run = observedRun({
    seed,
    plan,
    nodes,
    endedMs: sim.endedUs / 1000,
    observed: sim.observed,
  });
  const operations = countsOf(sim);
  const violations = violationsOf(sim, run, { promises, operations });
  const violation = violations[0];
  const report: SimulationReport = {
    ...run,
    passed: violation === undefined,
    ...(violation === undefined ? {} : { violation }),
    violations,
    traceHash: sim.traceHash,
    operations,
    checked: sim.checked,
    replay: `simulate({ ...options, seed: ${seed} })`,
    sim,
    toString: () => reportText(report),
  };
  return report;
}

/** A broken promise with what a test's reader needs, line by line. */
export function reportText(report: SimulationReport): string {
  const { passed, seed, nodes, plan, violations, traceHash, endedMs, replay } = report;
  const { done, failed } = report.operations;
  const rejected = failed === 0 ? '' : `, ${failed} rejected`;
  const figures =
    `${nodes.length} nodes, ${endedMs / 1000} virtual seconds, ` +
    `${done} operations done${rejected}, trace ${traceHash.slice(0, 12)}`;
  if (passed) return `seed ${seed} passed: ${figures}`;
  return [
    `seed ${seed} broke ${violations.map(({ checker }) => JSON.stringify(checker)).join(', ')}`,
    ...violations.map(({ message, atUs }) => `  at ${atUs / 1000} ms: ${message}`),
    'what befell it:',
    ...planLines(plan, nodes).map((line) => `  ${line}`),
    figures,
    `again: ${replay}`,
  ].join('\n');
}

function violationsOf(
  sim: SimReport,
  run: ObservedRun,
  { promises, operations }: { promises: Invariants; operations: OperationCounts },
): Violation[] {
  const { event = 0 } = sim.observed.at(-1) ?? {};
  const atEnd = (checker: string, message: string): Violation[] => [
    { checker, message, event, atUs: sim.endedUs },
  ];
  const failures = sim.failures.map(({ node, atUs, failure: { name, message, stack } }) => ({
    checker: 'nodes',
    message:
      `${nodeName(run.nodes[node] ?? '')} crashed by itself: ` +
      `${name}: ${message}${whereIn(stack)}`,
    event,
    atUs,
  }));
  const own = sim.violation === undefined ? [] : [sim.violation];
  if (sim.end === 'livelock') {
    const where = `the nodes kept each other busy at ${run.endedMs} ms without end`;
    return [...own, ...failures, ...atEnd('nodes', where)];
  }
  if (sim.end === 'aborted') return [...own, ...atEnd('run', 'it was interrupted')];
  // The promises of the module speak of a whole run.
  if (sim.end === 'stopped') return [...own, ...failures];
  const broken = [...own, ...failures, ...brokenIn(run, promises)];
  if (broken.length > 0) return broken;
  const idle = idleness(run, promises, operations);
  return idle === undefined ? [] : atEnd('tested', idle);
}

/** A run in which nothing was put to the test shows nothing. */
function idleness(
  run: ObservedRun,
  { always, invariants }: Invariants,
  { done, failed }: OperationCounts,
): string | undefined {
  if (done === 0 && failed > 0) {
    return `none of ${failed} operations succeeded; the last error: ${lastError(run)}`;
  }
  const promises = Object.keys({ ...always, ...invariants }).length;
  if (promises === 0 || run.told().length > 0) return undefined;
  return 'there are invariants, and no node told anything by node.observe';
}

function lastError({ observed }: ObservedRun): string {
  const line = observed.findLast(
    ({ observation }) =>
      observation.kind === 'log' && observation['message'] === 'an operation failed',
  );
  const fields = line?.observation['fields'] as { readonly error?: string } | undefined;
  return fields?.error ?? 'unknown';
}

function countsOf({ observed }: SimReport): OperationCounts {
  const outcomes = observed.filter(({ observation }) => observation.kind === 'operated');
  const done = outcomes.filter(({ observation }) => observation['isDone'] === true).length;
  return { done, failed: outcomes.length - done };
}

function whereIn(stack: string | undefined): string {
  const line = stack?.split('\n').find((text) => /^\s+at /.test(text));
  return line === undefined ? '' : ` (${line.trim()})`;
}

export type { Told };
