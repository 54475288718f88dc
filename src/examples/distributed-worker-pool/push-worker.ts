import type { GenServerBehavior, GenServerRef, Request } from '../../index.js';
import { happens, wallMs } from '../world.js';

export interface PushedTask {
  readonly id: string;
  readonly payload: string;
}

export type PushedResult =
  | { readonly taskId: string; readonly success: true; readonly result: string }
  | { readonly taskId: string; readonly success: false; readonly error: string };

export interface PushWorkerState {
  readonly processedCount: number;
  readonly failedCount: number;
  /** Milliseconds since 1970. */
  readonly lastTaskAt: number | null;
}

interface Process extends Request<PushedResult> {
  readonly type: 'process';
  readonly task: PushedTask;
}

interface GetStats extends Request<PushWorkerState> {
  readonly type: 'get_stats';
}

export type PushWorkerCall = Process | GetStats;
export interface PushWorkerCast {
  readonly type: 'reset_stats';
}
export type PushWorkerRef = GenServerRef<PushWorkerState, PushWorkerCall, PushWorkerCast>;

/** The name under which every node registers {@link pushWorker}. */
export const PUSH_WORKER = 'pool-worker';

/** Does what it is given, at once; one task in ten fails. */
export const pushWorker: GenServerBehavior<PushWorkerState, PushWorkerCall, PushWorkerCast> = {
  init: () => IDLE,
  handleCall: (message, state) => {
    if (message.type === 'get_stats') return [state, state];
    const { id: taskId, payload } = message.task;
    const next = { ...state, lastTaskAt: wallMs() };
    if (happens({ percent: 10 })) {
      const failed = { taskId, success: false, error: 'Random processing failure' } as const;
      return [failed, { ...next, failedCount: state.failedCount + 1 }];
    }
    const result = `Processed: ${payload.toUpperCase()}`;
    const processed = { ...next, processedCount: state.processedCount + 1 };
    return [{ taskId, success: true, result } as const, processed];
  },
  handleCast: () => IDLE,
};

const IDLE: PushWorkerState = { processedCount: 0, failedCount: 0, lastTaskAt: null };
