/**
 * Everything that is done to a run from outside, as plain data: it can be printed, stored, shrunk
 * and replayed. Nodes are named by index, times are virtual milliseconds.
 */
export interface Plan {
  readonly faults: readonly Fault[];
  readonly operations: readonly Operation[];
  /** When the faults are over, and what is whole again. Absent: each fault ends by itself. */
  readonly heal?: Heal;
}

/**
 * The end of the faults: at `atMs` every fault of the network, of clocks and of speed ends, paused
 * nodes go on, and nothing that is planned for later strikes any more.
 */
export interface Heal {
  readonly atMs: number;
  /**
   * Nodes that are connected and stay so. The others are cut off from them and from each other for
   * the rest of the run. Absent: everybody reaches everybody.
   */
  readonly core?: readonly number[];
}

/** What breaks, and when, as data: `crash`, `partition` and the others make them. */
export type Fault =
  | CrashFault
  | RestartFault
  | LeaveFault
  | PauseFault
  | PartitionFault
  | OneWayFault
  | CutFault
  | FrameLossFault
  | LatencyFault
  | ClogFault
  | FlapFault
  | ClockFault
  | SlowFault
  | DatagramFault;

/** The kinds by name, as `--faults` takes them. */
export type FaultKind = Fault['kind'];

/** When a fault strikes: at a time, or when something has happened for the n-th time. */
export type When = { readonly atMs: number } | { readonly after: Anchor };

/**
 * An event to anchor a fault to: times change with every change of the code, "the third spawn
 * request from a to b" does not. All fields that are there have to fit.
 *
 * A fault strikes once, right after its event: after that frame and before the next one is sent;
 * after a node has handled a frame and before anything of that gets out; after the turn in which
 * a node told something.
 */
export interface Anchor {
  /**
   * `sent` or `delivered`: a frame, by the name of its kind on the wire (`heartbeat`, `spawn`,
   * ...), any kind when absent. `observed`: an observation, by its kind.
   */
  readonly event: 'sent' | 'delivered' | 'observed';
  readonly what?: string;
  /** Index of the node that sends, receives, or observes. */
  readonly node?: number;
  /** Index of the node at the other end of a frame. */
  readonly peer?: number;
  /** Counts from 1, which is also the default. */
  readonly nth?: number;
  /** How long after the event; 0 when absent. */
  readonly plusMs?: number;
}

/** A node dies, and perhaps comes back. */
export type CrashFault = When & {
  readonly kind: 'crash';
  readonly node: number;
  /**
   * `closes`: the process dies and its host closes its links. `silent`: the host is gone, and peers
   * learn it only from silence. Drawn from the seed when absent.
   */
  readonly mode?: CrashMode;
  /** Crash in the first turn from then on that sends more, after its first k outputs. */
  readonly afterOutputs?: number;
  readonly restartAfterMs?: number;
};

/** Whether the links of the dead close, or only fall silent. */
export type CrashMode = 'closes' | 'silent';

/** Starts a crashed or exited node again: same id, new incarnation. */
export type RestartFault = When & { readonly kind: 'restart'; readonly node: number };

/** The node's program is told to stop, leaves the cluster on its own terms, and exits. */
export type LeaveFault = When & {
  readonly kind: 'leave';
  readonly node: number;
  readonly restartAfterMs?: number;
};

/** The node's process stands still; its host takes in what comes for it. */
export type PauseFault = When & {
  readonly kind: 'pause';
  readonly node: number;
  readonly forMs: number;
  /**
   * What the node sees first when it goes on: the timers that fell due, as a real event loop does,
   * or what came in meanwhile. Drawn from the seed when absent.
   */
  readonly resume?: 'timers' | 'frames';
};

/** How long a fault lasts. */
export type Span = When & { readonly forMs: number };

/** Nodes in different groups cannot reach each other; nodes in no group reach everybody. */
export type PartitionFault = Span & {
  readonly kind: 'partition';
  readonly groups: readonly (readonly number[])[];
};

/** Nothing gets from `from` to `to`; the other way stays open. */
export type OneWayFault = Span & {
  readonly kind: 'one-way';
  readonly from: readonly number[];
  readonly to: readonly number[];
};

/** These pairs cannot reach each other: a bridge is a cut of A from C while B reaches both. */
export type CutFault = Span & {
  readonly kind: 'cut';
  readonly pairs: readonly (readonly [number, number])[];
};

/** Frames of some kinds get lost, each with a probability, and nothing else does. */
export type FrameLossFault = Span & {
  readonly kind: 'frame-loss';
  /** Names of kinds of frames, such as `heartbeat`. */
  readonly frames: readonly string[];
  /** From 0 to 1. */
  readonly probability: number;
  /** Everybody when absent. */
  readonly from?: readonly number[];
  readonly to?: readonly number[];
};

/** What crosses takes longer, drawn anew for each frame; everything behind a frame waits for it. */
export type LatencyFault = Span & {
  readonly kind: 'latency';
  readonly delay: Delay;
  readonly from?: readonly number[];
  readonly to?: readonly number[];
};

/** Milliseconds on top of the usual latency. */
export type Delay =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: 'exponential'; readonly meanMs: number }
  /** `slowMs` with a probability of `slowShare`, else `fastMs`. */
  | {
      readonly kind: 'bimodal';
      readonly fastMs: number;
      readonly slowMs: number;
      readonly slowShare: number;
    };

/** A link that carries nothing for a while, and then all that waited: no connection breaks. */
export type ClogFault = Span & {
  readonly kind: 'clog';
  readonly from: number;
  readonly to: number;
};

/** The way between two nodes goes and comes by turns. */
export type FlapFault = Span & {
  readonly kind: 'flap';
  readonly between: readonly [number, number];
  readonly upMs: number;
  readonly downMs: number;
};

/**
 * The clocks of a node go wrong from then on. The wall clock jumps by `jumpMs`, back too, and runs
 * `driftPpm` parts per million too fast. With `ratePpm` time itself passes so much too fast there:
 * for the monotonic clock, for timers, and for the wall clock with them.
 */
export type ClockFault = When & {
  readonly kind: 'clock';
  readonly node: number;
  readonly jumpMs?: number;
  readonly driftPpm?: number;
  readonly ratePpm?: number;
};

/** Every turn of the node takes so long that nothing else of it happens meanwhile. */
export type SlowFault = Span & {
  readonly kind: 'slow';
  readonly node: number;
  readonly turnMs: number;
};

/**
 * A network that is not TCP, for the codec and the handshake: frames are lost, doubled, reordered
 * and corrupted, each with a probability from 0 to 1.
 */
export type DatagramFault = Span & {
  readonly kind: 'datagram';
  readonly drop?: number;
  readonly duplicate?: number;
  readonly reorder?: number;
  readonly corrupt?: number;
  readonly from?: readonly number[];
  readonly to?: readonly number[];
};

/** Something for the node's program to do: what `NodeProgram.operate` gets. */
export interface Operation {
  readonly node: number;
  readonly atMs: number;
  readonly operation: unknown;
}

/** Nothing breaks, and nobody is asked for anything. */
export const emptyPlan: Plan = { faults: [], operations: [] };
