import type { LaneName } from '../lanes/lane.js';
import { firstDivergence, type Divergence } from '../report/divergence.js';
import type { RunFollower } from '../run-follower.js';
import { drawScenario } from '../scenarios/draw.js';
import { exposed, exposingOptions } from '../scenarios/exposed.js';
import type { Scenario } from '../scenarios/scenario.js';
import { plantedBug, simOptionsOf, type Subject } from '../search/subject.js';
import { simulate, type SimReport } from '../simulate.js';
import type { TraceEntry } from '../trace.js';
import type { LaneFlag, RunFlags } from './arguments.js';

export interface SimRunOptions extends Subject {
  readonly signal: AbortSignal;
  readonly follower: RunFollower;
  /** Keeps the whole trace, to be compared or drawn. */
  readonly isKept: boolean;
  /** Stops before this event of the trace. */
  readonly untilEvent?: number | undefined;
}

/** Runs a scenario once, watched by every checker. */
export function runScenario(lane: LaneName, options: SimRunOptions): Promise<SimReport> {
  const { signal, follower, isKept, untilEvent } = options;
  const keepEntries = isKept ? Infinity : untilEvent === undefined ? 0 : BEFORE + AFTER;
  return simulate({
    ...simOptionsOf(options),
    lane,
    signal,
    follower,
    keepEntries,
    ...(untilEvent === undefined ? {} : { untilEvent }),
  });
}

/**
 * The trace around an event of a run that is over: the run is made again, up to there. Its own
 * report ends where a checker stopped it.
 */
export async function entriesAround(
  { lane }: SimReport,
  event: number,
  subject: Subject,
): Promise<TraceEntry[]> {
  const untilEvent = event + AFTER + 1;
  const options = { ...simOptionsOf(subject), checkers: [] };
  const again = await simulate({ ...options, lane, untilEvent, keepEntries: 1000 });
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

/**
 * The scenario of the flags; with a planted bug, one in which it shows, unless what happens was
 * asked for.
 */
export function scenarioOf(flags: RunFlags, seed: number): Scenario {
  const { plant, order, faults, scenario } = flags;
  const isAsked = faults !== undefined || scenario !== undefined;
  const stage = plant === undefined || isAsked ? undefined : plantedBug(plant)?.shows;
  const drawn =
    stage === undefined
      ? drawScenario(flags, seed)
      : exposed(drawScenario({ ...flags, ...exposingOptions(flags, stage) }, seed), stage);
  return order === undefined ? drawn : { ...drawn, turnOrder: order };
}

const BEFORE = 6;
const AFTER = 4;
