import {
  type Context,
  GenServer,
  type GenServerBehavior,
  type GenServerRef,
  GlobalRegistry,
} from '../../index.js';
import { castOrDrop } from '../lossy-cast.js';
import type { Report } from './result-collector.js';
import type { Pull } from './task-queue.js';
import { RESULTS, TASK_QUEUE } from './task.js';
import {
  newWorker,
  stepWorker,
  type WorkerEffect,
  type WorkerEvent,
  type WorkerState,
} from './worker-step.js';

export type WorkerCast = WorkerEvent | { readonly type: 'crash' };
export type PoolWorkerRef = GenServerRef<WorkerState, never, WorkerCast>;

/** The driver of {@link stepWorker}: finds queue and collector by their names at each word. */
export const worker: GenServerBehavior<WorkerState, never, WorkerCast> = {
  init: ({ id }: { readonly id: string }) => {
    GenServer.sendAfter(GenServer.self(), TICK, 0);
    return newWorker(id);
  },
  handleCall: (_nothing, state) => [undefined as never, state],
  handleCast: (message, state, context) => {
    if (message.type === 'crash') throw new Error(`${state.id} was told to crash`);
    return take(message, state, context);
  },
  handleInfo: (event: WorkerEvent, state, context) => {
    if (event.type === 'tick') context.sendAfter(TICK, TICK_MS);
    return take(event, state, context);
  },
};

function take(event: WorkerEvent, state: WorkerState, context: Context): WorkerState {
  const [next, effects] = stepWorker(state, event);
  for (const effect of effects) carryOut(effect, next, context);
  return next;
}

function carryOut(effect: WorkerEffect, state: WorkerState, context: Context): void {
  switch (effect.kind) {
    case 'pull': {
      const { id, speed, processed } = state;
      const status = { id, ref: context.self, speed, processed };
      const pull: Pull = { type: 'pull', status, done: effect.done };
      return void castOrDrop(context, GlobalRegistry.whereis(TASK_QUEUE), pull);
    }
    case 'begin': {
      const { assignmentId, forMs } = effect;
      return void context.sendAfter({ type: 'finished', assignmentId }, forMs);
    }
    case 'report': {
      const { result, assignmentId } = effect;
      const report: Report = { type: 'result', result, assignmentId, from: context.self };
      return void castOrDrop(context, GlobalRegistry.whereis(RESULTS), report);
    }
  }
}

const TICK: WorkerEvent = { type: 'tick' };
const TICK_MS = 500;
