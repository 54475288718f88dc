import type { ChildRef, SupervisorRef } from '../child-spec.js';

/** Why a supervisor ended; `shutdown` is also its parent's request, whatever reason that gave. */
export type SupervisorEndReason =
  'normal' | 'shutdown' | 'max_restarts_exceeded' | 'auto_shutdown' | 'killed';

/** What happened to a supervisor of this node and to its children. */
export type SupervisorEvent =
  | { readonly type: 'supervisor_started'; readonly ref: SupervisorRef }
  | {
      readonly type: 'supervisor_stopped';
      readonly ref: SupervisorRef;
      readonly reason: SupervisorEndReason;
    }
  | {
      readonly type: 'child_started';
      readonly supervisorId: string;
      readonly childId: string;
      readonly ref: ChildRef;
    }
  | {
      readonly type: 'child_stopped';
      readonly supervisorId: string;
      readonly childId: string;
      /** `normal`, `shutdown`, or `error: ` and the error's message. */
      readonly reason: string;
    }
  | {
      readonly type: 'child_restarted';
      readonly supervisorId: string;
      readonly childId: string;
      readonly ref: ChildRef;
      /** How many times it was restarted by now. */
      readonly attempt: number;
    };

/** Called at once, for every supervisor of the node; what it throws is logged. */
export type SupervisorEventHandler = (event: SupervisorEvent) => void;
