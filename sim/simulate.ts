import { availableParallelism } from 'node:os';
import { type BundleSource, builtBundle, bundle, simModule } from './bundle.js';
import { InprocRunner } from './lanes/inproc-runner.js';
import { IdleThreads } from './lanes/idle-threads.js';
import { type LaneName, TURN_BUDGET_MS } from './lanes/lane.js';
import { WorkerLane } from './lanes/worker.js';
import { mappedFailure } from './mapped-failure.js';
import { emptyPlan, type Plan } from './plan.js';
import type { NodeSpec, RunConfig } from './run-config.js';
import type { KeepObserved, RunFollower } from './run-follower.js';
import { type RunResult, runWorld } from './run.js';
import type { TurnOrderName } from './turn.js';

/** A run of node programs. What is left out has a default; the seed is 1. */
export interface SimOptions {
  readonly seed?: number;
  /** How many nodes, or each of them. */
  readonly nodes: number | readonly NodeSpec[];
  readonly lane?: LaneName;
  /** What the nodes run: a file that exports `createNode`. */
  readonly program: BundleSource;
  /** What every node's program reads, when `nodes` is a number. */
  readonly settings?: unknown;
  readonly plan?: Plan;
  readonly durationMs?: number;
  readonly latencyMs?: { readonly min: number; readonly max: number };
  /** Names of checkers. */
  readonly checkers?: readonly string[];
  readonly keepEntries?: number;
  /** Which observations the report holds; all by default. */
  readonly keepObserved?: KeepObserved;
  readonly untilEvent?: number;
  readonly turnBudgetMs?: number;
  /** How the ready processes of one node follow each other; `fifo` when left out. */
  readonly turnOrder?: TurnOrderName;
  readonly connectTimeoutMs?: number;
  readonly bufferBytes?: number;
  /** Ends the run early; it resolves with what happened until then. */
  readonly signal?: AbortSignal;
  /** Sees the run as it goes. */
  readonly follower?: RunFollower;
}

/** What happened in a run, and what it took. */
export interface SimReport extends RunResult {
  readonly lane: LaneName;
  readonly config: RunConfig;
  /** The machine's own milliseconds, from the first node's start to the end. */
  readonly wallMs: number;
}

/** Runs a cluster from a seed. Both lanes give the same trace hash for the same options. */
export async function simulate(options: SimOptions): Promise<SimReport> {
  const config = runConfig(options);
  const lane = options.lane ?? 'worker';
  const run = lane === 'worker' ? runInWorkers : runInProcess;
  const thread = simModule(lane === 'worker' ? 'node-thread' : 'lanes/inproc-thread');
  const [threadText, program] = await Promise.all([
    bundle({ entry: thread }),
    builtBundle(options.program),
  ]);
  const { result, wallMs } = await run({ config, threadText, program: program.text, options });
  const failures = result.failures.map((failed) => {
    return { ...failed, failure: mappedFailure(failed.failure, program.map) };
  });
  return { ...result, failures, lane, config, wallMs };
}

/** Everything that decides a run, with the defaults filled in. */
export function runConfig(options: SimOptions): RunConfig {
  const { latencyMs = { min: 0.2, max: 5 }, bufferBytes = 1024 * 1024 } = options;
  return {
    seed: options.seed ?? 1,
    nodes:
      typeof options.nodes === 'number'
        ? Array.from({ length: options.nodes }, (_, at) => nodeSpec(at, options.settings))
        : options.nodes,
    plan: options.plan ?? emptyPlan,
    durationMs: options.durationMs ?? 60_000,
    latencyUs: { min: Math.round(latencyMs.min * 1000), max: Math.round(latencyMs.max * 1000) },
    connectTimeoutMs: options.connectTimeoutMs ?? 5000,
    buffer: { highBytes: bufferBytes, lowBytes: bufferBytes >> 1 },
    epochMs: EPOCH_MS,
    ...(options.turnOrder === undefined ? {} : { turnOrder: options.turnOrder }),
    keepEntries: options.keepEntries ?? 1000,
    ...(options.untilEvent === undefined ? {} : { untilEvent: options.untilEvent }),
    turnsPerInstantMax: 100_000,
    turnBudgetMs: options.turnBudgetMs ?? TURN_BUDGET_MS,
  };
}

/** The id and address that the n-th node has unless its owner says otherwise. */
export function nodeSpec(index: number, program: unknown): NodeSpec {
  const address = `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}:4369`;
  return { id: `node${index + 1}@${address}`, address, program };
}

interface TimedResult {
  readonly result: RunResult;
  readonly wallMs: number;
}

interface PreparedRun {
  readonly config: RunConfig;
  readonly threadText: string;
  readonly program: string;
  readonly options: SimOptions;
}

const idleThreads = new IdleThreads();

async function runInWorkers(run: PreparedRun): Promise<TimedResult> {
  const { config, threadText, program } = run;
  const { checkers = [], keepObserved = true, follower, signal } = run.options;
  const { turnBudgetMs } = config;
  const lane = new WorkerLane(idleThreads, { threadText, bundle: program, turnBudgetMs });
  const startedMs = performance.now();
  try {
    const result = await runWorld(config, lane, checkers, {
      ...(follower === undefined ? {} : { follower }),
      isAborted: () => signal?.aborted === true,
      keepObserved,
    });
    return { result, wallMs: performance.now() - startedMs };
  } finally {
    await lane.close();
  }
}

const idle: InprocRunner[] = [];

async function runInProcess(run: PreparedRun): Promise<TimedResult> {
  const { config, threadText, program } = run;
  const { checkers = [], keepObserved = true, follower, signal } = run.options;
  const runner = idle.pop() ?? new InprocRunner(threadText);
  const startedMs = performance.now();
  const result = await runner.run(config, program, {
    checkers,
    keepObserved,
    follower,
    signal,
  });
  const wallMs = performance.now() - startedMs;
  // Threads keep memory of the bundles that they have seen; a fresh one now and then has none.
  if (runner.runs < RUNS_PER_THREAD && idle.length < availableParallelism()) idle.push(runner);
  else await runner.close();
  return { result, wallMs };
}

// 2024-01-01T00:00:00Z
const EPOCH_MS = 1_704_067_200_000;
const RUNS_PER_THREAD = 200;
