import type { Observed } from '../world-report.js';

/**
 * What checkers read of a run, as types. Observations are plain data that came from somewhere else;
 * this is the one place that says which fields they have.
 */
export type Fact =
  | SupervisionFact
  | LifecycleFact
  | HostFact
  | LeaseFact
  | CallFact
  | RelationFact
  | LinkFact
  | ClusterFact
  | NameFact
  | FinalFact
  | AfterStopFact;

/** About one start of one child, told by its supervisor's node. */
export interface ChildStart {
  readonly supervisorId: string;
  readonly childId: string;
  /** The number of the start among all of the supervisor's. */
  readonly sequence: number;
}

export type RestartWord = 'permanent' | 'transient' | 'temporary';
export type StrategyWord = 'one_for_one' | 'one_for_all' | 'rest_for_one' | 'simple_one_for_one';

/** The supervisor runs, with all its children. */
export interface Supervising {
  readonly kind: 'supervising';
  readonly supervisorId: string;
  readonly strategy: StrategyWord;
  readonly restartIntensity: { readonly maxRestarts: number; readonly withinMs: number };
  /** In start order. Permanent unless `restart` says otherwise. */
  readonly children: readonly {
    readonly childId: string;
    readonly nodeId: string;
    readonly restart?: RestartWord;
    /** How long it may take to end before it is killed; 5000 when absent. */
    readonly shutdownMs?: number;
  }[];
  /** How it survives the loss of its node; absent when it does not. */
  readonly takeover?: TakeoverSetting;
}

export interface TakeoverSetting {
  /** 0 when nobody is asked. */
  readonly votesNeeded: number;
  readonly voters: readonly string[];
}

/** The supervisor goes on at another node, with what was known of it there. */
export interface Resumed {
  readonly kind: 'supervisor_resumed';
  readonly supervisorId: string;
  readonly term: number;
  readonly strategy: StrategyWord;
  readonly restartIntensity: { readonly maxRestarts: number; readonly withinMs: number };
  readonly takeover: TakeoverSetting;
  /** How long ago each restart was that still counts, oldest first. */
  readonly restartAgesMs: readonly number[];
  /** In start order. What runs by the record may be found to be lost right after. */
  readonly children: readonly {
    readonly childId: string;
    readonly restart: RestartWord;
    readonly state: 'running' | 'coming' | 'stopped';
    readonly sequence: number;
  }[];
}

/** A selector as data: a function is told as `function`. */
export type SelectorWord =
  | 'local_first'
  | 'round_robin'
  | 'least_loaded'
  | 'random'
  | 'function'
  | { readonly node: string }
  /** By a function that has a name. */
  | { readonly selector: string };

/** A node that a child might have been placed on, as its supervisor's node knew it. */
export type CandidateNode = readonly [nodeId: string, processCount: number, heardAtMs: number];

export type SupervisionFact =
  | Supervising
  | Resumed
  | (ChildStart & {
      readonly kind: 'child_start';
      readonly nodeId: string;
      readonly selector?: SelectorWord;
      /** The supervisor's own node. */
      readonly local?: string;
      /** By id. */
      readonly nodes?: readonly CandidateNode[];
    })
  | (ChildStart & {
      readonly kind: 'child_started' | 'child_adopted';
      readonly nodeId: string;
      readonly processId: string;
    })
  | (ChildStart & { readonly kind: 'child_ended'; readonly reason: string })
  | (ChildStart & {
      readonly kind: 'child_failed' | 'child_stop' | 'child_abandoned';
    })
  | (ChildStart & { readonly kind: 'child_held'; readonly selector?: SelectorWord })
  | {
      readonly kind: 'children_lost';
      readonly supervisorId: string;
      readonly nodeId: string;
      readonly childIds: readonly string[];
      readonly sequences: readonly number[];
    }
  | {
      readonly kind: 'report';
      readonly supervisorId: string;
      readonly context: string;
      readonly childId: string;
    }
  /** It was told to stop. */
  | { readonly kind: 'supervisor_stopping'; readonly supervisorId: string }
  | { readonly kind: 'supervisor_ended'; readonly supervisorId: string; readonly cause: string };

/** What a supervisor tells its listeners. */
export interface LifecycleFact {
  readonly kind: 'lifecycle';
  /** `child_started`: for the first time, or on request. `child_restarted`: by the supervisor. */
  readonly type: string;
  readonly supervisorId?: string;
  readonly childId?: string;
}

/** What the node that runs a child says of it. */
export interface HostFact {
  /** `fenced_adopted`: it goes on under this fence, of a new owner. */
  readonly kind: 'fenced_started' | 'fenced_adopted' | 'fenced_ended';
  readonly childId: string;
  readonly term: number;
  readonly ownerId: string;
  /** The node that the supervisor runs on. */
  readonly ownerNode: string;
  /** A whole number as text. */
  readonly ownerIncarnation: string;
  readonly sequence: number;
  readonly processId: string;
}

/** What the node that runs children says of its right to. */
export type LeaseFact =
  /** It stood still, and they wait for their owner's word; or they have it, and go on. */
  | {
      readonly kind: 'children_held' | 'children_resumed';
      readonly supervisorId: string;
    }
  /** One is about to start, or is over, whatever becomes of its process. */
  | {
      readonly kind: 'leased_child' | 'leased_child_over';
      readonly supervisorId: string;
      readonly childId: string;
      /** Tells the child's incarnations on this node apart. */
      readonly claimant: number;
    }
  /** They may act for so long from now on. */
  | { readonly kind: 'lease_opened'; readonly supervisorId: string; readonly forMs: number }
  | { readonly kind: 'lease_closed'; readonly supervisorId: string }
  | { readonly kind: 'clock_rate'; readonly ratePpm: number };

export type CallFact =
  | { readonly kind: 'call'; readonly callId: number; readonly to: ProcessAddress }
  | { readonly kind: 'call_ended'; readonly callId: number; readonly outcome: string }
  | {
      readonly kind: 'asked';
      readonly child: string;
      readonly op: number;
      readonly processId?: string;
    }
  | {
      readonly kind: 'answered';
      readonly child: string;
      readonly op: number;
      readonly echoed: number;
    }
  | {
      readonly kind: 'unanswered';
      readonly child: string;
      readonly op: number;
      readonly code: string;
    }
  | {
      readonly kind: 'received';
      readonly processId: string;
      readonly from: string;
      /** The number of the message among the sender's to this process, from 1; 0 when uncounted. */
      readonly number: number;
      readonly op: number;
    };

/** Without a node it is one of the node that tells. */
export interface ProcessAddress {
  readonly id: string;
  readonly nodeId?: string;
}

export type RelationFact =
  | { readonly kind: 'spawned'; readonly id: string }
  | { readonly kind: 'exited'; readonly id: string; readonly reason: string }
  | {
      readonly kind: 'monitored';
      readonly monitorId: string;
      readonly watcher: string;
      readonly target: ProcessAddress;
    }
  | { readonly kind: 'demonitored'; readonly monitorId: string }
  | { readonly kind: 'down'; readonly monitorId: string; readonly reason: string };

export type LinkFact =
  | {
      readonly kind: 'linked' | 'unlinked';
      /** The process of this node. */
      readonly id: string;
      readonly other: ProcessAddress;
    }
  | {
      readonly kind: 'exit_received';
      readonly id: string;
      readonly from: ProcessAddress;
      readonly reason: string;
    };

/** What `whereis` gives on this node from now on, and what it gives no longer. */
export type NameFact =
  | {
      readonly kind: 'name_registered' | 'name_unregistered';
      readonly name: string;
      readonly processId: string;
    }
  | {
      readonly kind: 'name_conflict';
      readonly name: string;
      readonly winner: string;
      readonly loser: string;
    }
  /** The registry of its node tells a process that it lost a name, and whether it ends it. */
  | {
      readonly kind: 'name_lost';
      readonly name: string;
      readonly processId: string;
      readonly winner: string;
      readonly ends: boolean;
    };

export type ClusterFact =
  | {
      readonly kind: 'membership';
      readonly nodeId: string;
      readonly from?: string;
      readonly to: string;
    }
  | {
      readonly kind: 'node_up' | 'node_down' | 'node_reconciled';
      readonly nodeId: string;
      /** A whole number as text. */
      readonly incarnation: string;
    };

export type FinalFact =
  | {
      readonly kind: 'final_members';
      readonly members: readonly { readonly nodeId: string; readonly incarnation: string }[];
    }
  | {
      readonly kind: 'final_table';
      readonly children: readonly { readonly childId: string; readonly processId: string }[];
    }
  | {
      readonly kind: 'final_names';
      readonly names: readonly (readonly [name: string, processId: string | undefined])[];
    }
  | { readonly kind: 'final_call'; readonly child: string; readonly outcome: string };

/** What a node still had of each thing after it had left. */
export interface AfterStopFact {
  readonly kind: 'after_stop';
  readonly left: Readonly<Record<string, number>>;
}

/** The observation, read as one of the facts; others have a kind that no checker knows. */
export function factOf({ observation }: Observed): Fact {
  return observation as unknown as Fact;
}

/** The node that a process id names: ids are made of kind, node id, incarnation and number. */
export function nodeIdOf(processId: string): string {
  return processId.split('_').slice(1, -2).join('_');
}

/** The node and the life of it that a process id names, as a key. */
export function lifeOfProcess(processId: string): string {
  return `${nodeIdOf(processId)} ${processId.split('_').at(-2) ?? ''}`;
}

/** One life of one node, as a key. */
export function lifeOf({ node, incarnation }: Observed): string {
  return `${node}/${incarnation}`;
}
