import { checkerFactories } from '../checkers/all.js';
import { simModule } from '../bundle.js';
import type { LaneName } from '../lanes/lane.js';
import type { RunFollower } from '../run-follower.js';
import type { Scenario } from '../scenarios/scenario.js';
import { simulate, type SimOptions, type SimReport } from '../simulate.js';
import { type PlantedBug, plantedBugs } from '../planted/all.js';
import { exposed, exposingOptions } from '../scenarios/exposed.js';
import { killScenario, type KillOptions } from '../scenarios/kill.js';
import { firstDivergence, type Divergence } from '../report/divergence.js';
import type { TraceEntry } from '../trace.js';
import type { LaneFlag } from './arguments.js';

export interface SimRunOptions {
  readonly scenario: Scenario;
  readonly plant: string | undefined;
  readonly signal: AbortSignal;
  readonly follower: RunFollower;
  /** Keeps the whole trace, to be compared. */
  readonly isCompared: boolean;
}

/** Runs a scenario once, watched by every checker. */
export function runScenario(lane: LaneName, options: SimRunOptions): Promise<SimReport> {
  const { signal, follower } = options;
  const keepEntries = options.isCompared ? Infinity : 0;
  const checkers = Object.keys(checkerFactories);
  return simulate({ ...optionsFor(lane, options), signal, follower, keepEntries, checkers });
}

/**
 * The trace around an event of a run that is over: the run is made again, up to there. Its own
 * report ends where a checker stopped it.
 */
export async function entriesAround(
  { lane }: SimReport,
  event: number,
  options: SimRunOptions,
): Promise<TraceEntry[]> {
  const untilEvent = event + AFTER + 1;
  const again = await simulate({ ...optionsFor(lane, options), untilEvent, keepEntries: 1000 });
  return again.entries.filter((entry) => entry.event >= event - BEFORE && entry.event < untilEvent);
}

/** The lanes that a run is made in, one after another. The first one is what gets reported. */
export function lanesOf(flag: LaneFlag, checkDeterminism: boolean): readonly LaneName[] {
  const first = flag === 'both' ? 'worker' : flag;
  const other = first === 'worker' ? 'inproc' : 'worker';
  if (checkDeterminism) return [first, first, other];
  return flag === 'both' ? [first, other] : [first];
}

/** What two runs of one scenario have in common, or where they part. */
export interface Comparison {
  readonly lane: LaneName;
  readonly traceHash: string;
  readonly isSame: boolean;
  /** Absent when the traces are the same, or differ in their hash alone. */
  readonly divergence?: Divergence;
}

export function compared(first: SimReport, other: SimReport): Comparison {
  const { lane, traceHash } = other;
  if (traceHash === first.traceHash) return { lane, traceHash, isSame: true };
  const divergence = firstDivergence(first.entries, other.entries);
  return { lane, traceHash, isSame: false, ...(divergence === undefined ? {} : { divergence }) };
}

/** The scenario of the flags; with a planted bug, one in which it shows. */
export function scenarioOf(
  options: KillOptions,
  seed: number,
  plant: string | undefined,
): Scenario {
  const stage = plant === undefined ? undefined : plantedBug(plant)?.shows;
  if (stage === undefined) return killScenario(options, seed);
  return exposed(killScenario(exposingOptions(options, stage), seed), stage);
}

/** The names of the planted bugs that a checker catches. */
export function plantNames(): string[] {
  return Object.keys(plantedBugs).filter((name) => plantedBug(name)?.catches !== undefined);
}

function plantedBug(name: string): PlantedBug | undefined {
  const bugs: Readonly<Record<string, PlantedBug>> = plantedBugs;
  return bugs[name];
}

function optionsFor(lane: LaneName, { scenario, plant }: SimRunOptions): SimOptions {
  const { seed, settings, plan, times, latencyMs } = scenario;
  const alias = plant === undefined ? {} : (plantedBug(plant)?.alias ?? {});
  return {
    seed,
    lane,
    nodes: settings.nodeIds.length,
    settings,
    plan,
    latencyMs,
    durationMs: times.durationMs,
    program: { entry: simModule('workloads/counters'), alias },
  };
}

const BEFORE = 6;
const AFTER = 4;
