import type { GenServerBehavior, GenServerRef, Request } from '../../index.js';
import { pause } from '../world.js';

export interface Processed {
  readonly result: string;
  readonly workerId: number;
}

export interface WorkerState {
  readonly id: number;
  readonly tasksProcessed: number;
}

interface Process extends Request<Processed> {
  readonly type: 'process';
  readonly task: string;
}

interface GetInfo extends Request<WorkerState> {
  readonly type: 'get_info';
}

export type WorkerCall = Process | GetInfo;
export interface WorkerCast {
  readonly type: 'reset_stats';
}
export type WorkerRef = GenServerRef<WorkerState, WorkerCall, WorkerCast>;

/** Works on one task at a time; the others wait in its mailbox, also when it is told to stop. */
export function workerBehavior(id: number): GenServerBehavior<WorkerState, WorkerCall, WorkerCast> {
  return {
    init: () => ({ id, tasksProcessed: 0 }),
    handleCall: async (message, state) => {
      if (message.type === 'get_info') return [state, state];
      await pause(TASK_MS);
      const result = `Processed "${message.task}" by worker ${id}`;
      return [
        { result, workerId: id },
        { ...state, tasksProcessed: state.tasksProcessed + 1 },
      ];
    },
    handleCast: (_resetStats, state) => ({ ...state, tasksProcessed: 0 }),
  };
}

const TASK_MS = 100;
