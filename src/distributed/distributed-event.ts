import type { NodeId } from '../base/node-id.js';

/** The address of a distributed supervisor: its id and the node it runs on. */
export interface DistributedSupervisorRef {
  readonly id: string;
  readonly nodeId: NodeId;
}

/** What happened to a distributed supervisor of this node and to its children. */
export type DistributedSupervisorEvent =
  | { readonly type: 'supervisor_started'; readonly ref: DistributedSupervisorRef }
  | {
      readonly type: 'supervisor_stopped';
      readonly ref: DistributedSupervisorRef;
      /** `taken_over`: it goes on elsewhere, with its children. */
      readonly reason:
        'normal' | 'shutdown' | 'max_restarts_exceeded' | 'auto_shutdown' | 'taken_over';
    }
  | {
      /** It goes on here: its node was lost, or has left. Children that still run stay. */
      readonly type: 'supervisor_taken_over';
      readonly ref: DistributedSupervisorRef;
      readonly fromNode: NodeId;
    }
  | {
      readonly type: 'child_started';
      readonly supervisorId: string;
      readonly childId: string;
      readonly nodeId: NodeId;
    }
  | {
      readonly type: 'child_stopped';
      readonly supervisorId: string;
      readonly childId: string;
      /** `normal`, `shutdown`, `node_down`, or `error: ` and the error's message. */
      readonly reason: string;
    }
  | {
      readonly type: 'child_restarted';
      readonly supervisorId: string;
      readonly childId: string;
      readonly nodeId: NodeId;
      /** How many times it was restarted by now. */
      readonly attempt: number;
    }
  | {
      readonly type: 'child_migrated';
      readonly supervisorId: string;
      readonly childId: string;
      readonly fromNode: NodeId;
      readonly toNode: NodeId;
    }
  | {
      readonly type: 'node_failure_detected';
      readonly supervisorId: string;
      readonly nodeId: NodeId;
      readonly affectedChildren: string[];
    };

/** Told the events of the supervisors that this node runs, in order. */
export type DistributedSupervisorEventHandler = (event: DistributedSupervisorEvent) => void;
