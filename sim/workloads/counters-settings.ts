/** What every node of the workload is told. Plain data. */
export interface CountersSettings {
  /** Ids of all nodes, in order; the first one runs the supervisor. */
  readonly nodeIds: readonly string[];
  readonly heartbeatIntervalMs: number;
  readonly heartbeatMissThreshold: number;
  /** What all nodes know and strangers do not; anybody gets in when absent. */
  readonly secret?: string;
  /** Indexes of nodes that, in their first life, join only when the plan says `join`. */
  readonly late?: readonly number[];
  readonly supervisor: {
    readonly strategy: 'one_for_one' | 'one_for_all' | 'rest_for_one';
    readonly selector: SelectorSetting;
    readonly children: readonly ChildSetting[];
    readonly restartIntensity: { readonly maxRestarts: number; readonly withinMs: number };
    /** Who may act for it while nodes are kept apart; absent when it ends with its node. */
    readonly takeover?: 'available' | 'majority';
    /** Its children are; goes with a takeover by majority. */
    readonly exclusive?: boolean;
  };
}

export interface ChildSetting {
  readonly id: string;
  readonly restart: 'permanent' | 'transient' | 'temporary';
  readonly selector?: SelectorSetting;
}

/** A selector as data. `last` is a selector function that always takes the last node. */
export type SelectorSetting =
  'local_first' | 'round_robin' | 'least_loaded' | 'random' | 'last' | { readonly node: string };

/** What a plan may ask of a node. A node that is not in the cluster does nothing of it. */
export type CounterOperation =
  /** Calls or casts a child under its global name. */
  | {
      readonly kind: 'call' | 'cast';
      readonly child: string;
      readonly op: number;
      readonly end?: 'crash' | 'normal';
      /** A call that waits for ever, unless the child's node is lost. */
      readonly patient?: boolean;
      /** Bytes that go with it, for nothing but their weight. */
      readonly paddingBytes?: number;
    }
  /** Watches a child, and links with another node's greeter. */
  | { readonly kind: 'watch'; readonly child: string; readonly greeter?: string }
  | InitsOperation
  /** A node that waits joins the cluster. */
  | { readonly kind: 'join' }
  /** Starts a process of its own on the node and registers it in the cluster under the name. */
  | {
      readonly kind: 'register';
      readonly name: string;
      /** It ends only when it is killed. */
      readonly isStubborn?: boolean;
    }
  /** The node that runs the supervisor stops it. */
  | { readonly kind: 'stop' }
  | HostileOperation
  /** Tells the checkers how the node sees the cluster, and calls every child once more. */
  | { readonly kind: 'final' };

/** The next `times` starts of the child on this node go wrong. */
export interface InitsOperation {
  readonly kind: 'inits';
  readonly child: string;
  readonly times: number;
  /** How long `init` takes; what it takes without it when absent. */
  readonly takesMs?: number;
  /** Whether `init` throws at the end of it. */
  readonly fails: boolean;
}

/** Dials another node as a stranger would, and sends what no node of the cluster sends. */
export interface HostileOperation {
  readonly kind: 'hostile';
  readonly to: string;
  /**
   * `noise`: bytes that are no frame. `oversized`: a frame beyond every limit. `torn`: the first
   * half of a frame. `unasked`: a well-formed frame before the handshake.
   */
  readonly frame: 'noise' | 'oversized' | 'torn' | 'unasked';
  /** What the stranger takes for the secret of the cluster; without it, it proves nothing first. */
  readonly secret?: string;
}

/**
 * How long a child goes on without its owner, in milliseconds: long enough for another node to go
 * on, and short, so that who is orphaned for good ends while the run still waits for that.
 */
export function orphanTimeoutMs(
  { heartbeatIntervalMs, heartbeatMissThreshold }: HeartbeatSettings,
  isExclusive: boolean,
): number {
  const takeoverMs = heartbeatIntervalMs * (heartbeatMissThreshold + 3);
  return (isExclusive ? 2.1 : 1) * takeoverMs + 2000;
}

type HeartbeatSettings = Pick<CountersSettings, 'heartbeatIntervalMs' | 'heartbeatMissThreshold'>;
