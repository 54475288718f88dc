/**
 * What the page of a report knows of its run: plain data, embedded as JSON. Columns instead of
 * objects where there are many of a kind. Events are named by their position in the columns, which
 * is also their number in the trace.
 */
export interface ReportData {
  readonly run: RunFacts;
  readonly nodes: readonly NodeFacts[];
  readonly children: readonly string[];
  readonly kinds: readonly EventKind[];
  /** Names of kinds of frames, and `dial` and `close`. */
  readonly frames: readonly string[];
  /** JSON, each text once. */
  readonly details: readonly string[];
  readonly events: EventColumns;
  readonly messages: MessageColumns;
  readonly bars: readonly ChildBar[];
  readonly bands: readonly FaultBand[];
  readonly faults: readonly FaultLine[];
}

export interface RunFacts {
  readonly title: string;
  readonly seed: number;
  readonly replay: string;
  readonly verdict: string;
  readonly reason: string | null;
  /** The first bad event. */
  readonly bad: { readonly event: number; readonly atUs: number; readonly checker: string } | null;
  readonly endUs: number;
  readonly traceHash: string;
  /** Name and value, for people. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly invariants: readonly InvariantLine[];
  readonly recoveries: readonly RecoveryLine[];
}

export interface InvariantLine {
  readonly id: string;
  readonly title: string;
  readonly checked: number;
  readonly failed: number;
  readonly excused: boolean;
}

export interface RecoveryLine {
  readonly child: string;
  readonly from: string;
  readonly to: string;
  readonly crashedUs: number;
  readonly startedUs: number;
}

export interface NodeFacts {
  readonly id: string;
  readonly name: string;
  /** Whether it runs the supervisor. */
  readonly isSupervisor: boolean;
}

/** `group` is what a filter lists it under. */
export interface EventKind {
  readonly name: string;
  readonly group: EventGroup;
}

export type EventGroup = 'faults' | 'supervision' | 'cluster' | 'calls' | 'turns' | 'network';

/** -1 stands for none in every column but `atUs`. */
export interface EventColumns {
  /** Differences to the event before. */
  readonly atUs: readonly number[];
  /** -1 is the world itself. */
  readonly node: readonly number[];
  readonly incarnation: readonly number[];
  readonly kind: readonly number[];
  readonly child: readonly number[];
  readonly link: readonly number[];
  /** A position among the messages. */
  readonly message: readonly number[];
  /** The event that led to this one. */
  readonly cause: readonly number[];
  readonly detail: readonly number[];
}

/** What crossed the network, in the order of sending. */
export interface MessageColumns {
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** Positions of events; -1 when nothing more was heard of it. */
  readonly sent: readonly number[];
  readonly ended: readonly number[];
  /** A position among the frames. */
  readonly what: readonly number[];
  /** A position among {@link FATES}. */
  readonly fate: readonly number[];
  readonly bytes: readonly number[];
  readonly digest: readonly string[];
  /** Which child it is about, as far as its sender or receiver said; -1 otherwise. */
  readonly child: readonly number[];
}

/** One life of one child on one node. */
export interface ChildBar {
  readonly child: number;
  readonly node: number;
  /** 1 for the first start of this child anywhere. */
  readonly incarnation: number;
  readonly fromUs: number;
  readonly toUs: number;
  /** How it ended; `runs` when it did not. */
  readonly end: 'runs' | 'ended' | 'lost';
  /** From when on its supervisor counted it as lost while it went on. */
  readonly staleUs: number | null;
  /** Until when a lost one is missed: its next start, or the end of the run. */
  readonly ghostUs: number | null;
  readonly started: number;
  readonly ended: number;
}

/** Something that a fault does for a while, to a node or between nodes. */
export interface FaultBand {
  readonly kind: string;
  readonly text: string;
  /** Lanes that it touches. */
  readonly nodes: readonly number[];
  /** For each of these lanes the side of a partition that it is on; empty for other faults. */
  readonly sides: readonly number[];
  readonly fromUs: number;
  readonly toUs: number;
  readonly event: number;
}

/** What the seed drew. */
export interface FaultLine {
  readonly kind: string;
  readonly text: string;
  readonly when: string;
  readonly event: number;
  readonly atUs: number | null;
}
