import type { ScenarioTimes } from './scenario.js';

/** How long the phases of a run last; the usual when absent. */
export interface PhaseLengths {
  readonly children: number;
  /** While faults may strike. */
  readonly faultsMs?: number;
  /** From the heal until everything has to be quiet. */
  readonly convergeMs?: number;
  /** From the heal until children have ended whose supervisor cannot be reached any more. */
  readonly orphansMs?: number;
  /** What leases that nobody renews add to it. */
  readonly leasesMs?: number;
  /** While nothing may move any more. */
  readonly windowMs?: number;
  /** Of the whole run: the time for faults grows with it; a short one shortens every phase. */
  readonly durationMs?: number | undefined;
  /** The longest that a frame takes: what is slow takes longer to start. */
  readonly latencyMaxMs: number;
}

/**
 * A run in phases: everything starts; faults strike; at `healMs` they are over; by `settledMs` the
 * cluster has to be where it is going, and it stays there until `finalMs`.
 */
export function phasesOf(lengths: PhaseLengths): ScenarioTimes & { readonly healMs: number } {
  const {
    children,
    faultsMs = FAULTS_MS,
    leasesMs = 0,
    orphansMs = 0,
    windowMs = WINDOW_MS,
  } = lengths;
  const convergeMs = Math.max(lengths.convergeMs ?? CONVERGE_MS, orphansMs) + leasesMs;
  const startMs = startedMs(children, lengths.latencyMaxMs);
  const restMs = startMs + WATCHES_MS + convergeMs + windowMs + LAST_CALLS_MS;
  const usualMs = restMs + faultsMs;
  const durationMs = lengths.durationMs ?? Math.ceil(usualMs);
  // A run that is too short for its phases is over before it settled, and says so.
  const scale = Math.min(1, durationMs / usualMs);
  const strikeMs = Math.max(faultsMs, durationMs - restMs);
  const at = (ms: number): number => Math.floor(ms * scale);
  const fromMs = startMs + WATCHES_MS;
  const healMs = fromMs + strikeMs;
  const settledMs = healMs + convergeMs;
  return {
    operationsFromMs: at(startMs),
    killsFromMs: at(fromMs),
    killsUntilMs: at(healMs - Math.min(UNTIL_HEAL_MS, strikeMs / 4)),
    healMs: at(healMs),
    settledMs: at(settledMs),
    operationsUntilMs: at(settledMs + windowMs - Math.min(QUIET_MS, windowMs / 2)),
    finalMs: at(settledMs + windowMs),
    durationMs,
  };
}

/** When all children run that start one after another. */
export function startedMs(children: number, latencyMaxMs: number): number {
  return JOIN_MS + JOIN_TRIPS * latencyMaxMs + children * Math.max(START_MS, 2 * latencyMaxMs);
}

const FAULTS_MS = 12_000;
// To give up silent nodes, redial after the longest pause, and start everything again.
const CONVERGE_MS = 16_000;
const WINDOW_MS = 5000;
const JOIN_MS = 1000;
const JOIN_TRIPS = 20;
// A request to another node and its answer.
const START_MS = 10;
const WATCHES_MS = 500;
const UNTIL_HEAL_MS = 1000;
// Longer than a call may wait for its reply.
const QUIET_MS = 2500;
const LAST_CALLS_MS = 2500;
