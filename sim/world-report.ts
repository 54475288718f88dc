import type { ThreadEnd, ThreadInfo } from './lanes/lane.js';
import type { TraceEntry, TracePoint } from './trace.js';
import type { NodeFailure, Observation } from './turn.js';

/** An observation with its place in the run. */
export interface Observed extends TracePoint {
  /** How many records of the trace came before. */
  readonly event: number;
  readonly observation: Observation;
}

/** Sees everything as it happens; a reason that it gives ends the run. */
export interface WorldWatcher {
  observed(observed: Observed): void;
  /** Called after every turn. */
  turned(nowUs: number): 'stop' | undefined;
}

/**
 * Why a run ended: nothing was left to happen, its time was up, a watcher stopped it, it reached
 * `untilEvent`, or nodes kept each other busy at one instant without end.
 */
export type EndReason = 'quiet' | 'duration' | 'stopped' | 'until-event' | 'livelock';

export interface WorldReport {
  readonly end: EndReason;
  readonly endedUs: number;
  readonly turns: number;
  readonly events: number;
  readonly traceHash: string;
  readonly entries: readonly TraceEntry[];
  readonly failures: readonly FailedNode[];
  readonly threads: readonly ThreadInfo[];
  readonly threadEnds: readonly ThreadEnd[];
}

export interface FailedNode extends TracePoint {
  readonly failure: NodeFailure;
}
