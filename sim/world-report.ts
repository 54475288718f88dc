import type { ThreadEnd, ThreadInfo } from './lanes/lane.js';
import type { FaultKind } from './plan.js';
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
  /** Called before everything that happens. */
  turned(nowUs: number): 'stop' | 'abort' | undefined;
}

/**
 * Why a run ended: nothing was left to happen, its time was up, a watcher stopped it, it reached
 * `untilEvent`, nodes kept each other busy at one instant without end, or whoever started it had
 * enough.
 */
export type EndReason = 'quiet' | 'duration' | 'stopped' | 'until-event' | 'livelock' | 'aborted';

export interface WorldReport {
  readonly end: EndReason;
  readonly endedUs: number;
  /** The machine's own milliseconds from the first event to the last: all nodes ran by then. */
  readonly loopMs: number;
  readonly turns: number;
  readonly events: number;
  readonly traceHash: string;
  readonly entries: readonly TraceEntry[];
  readonly failures: readonly FailedNode[];
  /** One for each fault of the plan, in its order. */
  readonly faults: readonly FaultRecord[];
  readonly threads: readonly ThreadInfo[];
  readonly threadEnds: readonly ThreadEnd[];
}

export interface FailedNode extends TracePoint {
  readonly failure: NodeFailure;
}

/** What became of a fault. */
export interface FaultRecord {
  /** As its observations name it. */
  readonly id: string;
  readonly kind: FaultKind;
  /** 0: its event never came, its node did not run, or all had been healed before. */
  readonly struck: number;
  /** When it struck first. */
  readonly atUs?: number;
  /** Of a fault of the network: how often it decided what became of something that crossed. */
  readonly verdicts?: number;
}
