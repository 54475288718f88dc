import {
  Cluster,
  type Context,
  GenServer,
  type GenServerBehavior,
  type GenServerRef,
  GlobalRegistry,
  type Request,
} from '../../index.js';
import { castOrDrop } from '../lossy-cast.js';
import {
  type ExecutorEffect,
  type ExecutorEvent,
  type ExecutorState,
  newExecutor,
  stepExecutor,
} from './executor-step.js';
import { type ExecutorIdentity, SCHEDULER, type SchedulerCast } from './scheduler-message.js';

interface GetStats extends Request<ExecutorStats> {
  readonly type: 'get_stats';
}

export interface ExecutorStats {
  readonly id: string;
  readonly busy: boolean;
  readonly completedCount: number;
  readonly failedCount: number;
}

export type ExecutorCast = ExecutorEvent | { readonly type: 'crash' };
export type ExecutorRef = GenServerRef<ExecutorState, GetStats, ExecutorCast>;

/** The driver of {@link stepExecutor}. `onBegin` hears of each attempt. */
export function executor(
  onBegin: (id: string, effect: Extract<ExecutorEffect, { kind: 'begin' }>) => void,
): GenServerBehavior<ExecutorState, GetStats, ExecutorCast> {
  const take = (event: ExecutorEvent, state: ExecutorState, context: Context): ExecutorState => {
    const [next, effects] = stepExecutor(state, event);
    for (const effect of effects) {
      if (effect.kind === 'begin') onBegin(state.id, effect);
      carryOut(effect, next, context);
    }
    return next;
  };
  return {
    init: ({ id }: { readonly id: string }) => {
      GenServer.sendAfter(GenServer.self(), TICK, 0);
      return newExecutor(id);
    },
    handleCall: (_getStats, state) => {
      const { id, phase, completedCount, failedCount } = state;
      return [{ id, busy: phase.kind !== 'idle', completedCount, failedCount }, state];
    },
    handleCast: (message, state, context) => {
      if (message.type === 'crash') throw new Error(`${state.id} was told to crash`);
      return take(message, state, context);
    },
    handleInfo: (event: ExecutorEvent, state, context) => {
      if (event.type === 'tick') context.sendAfter(TICK, TICK_MS);
      return take(event, state, context);
    },
    terminate: (_reason, { id }, context) => {
      castOrDrop(context, GlobalRegistry.whereis(SCHEDULER), gone(identity(id, context)));
    },
  };
}

function carryOut(effect: ExecutorEffect, { id }: ExecutorState, context: Context): void {
  if (effect.kind === 'begin') {
    context.sendAfter({ type: 'finished', key: effect.key }, effect.forMs);
    return;
  }
  const message = said(effect, identity(id, context));
  castOrDrop(context, GlobalRegistry.whereis(SCHEDULER), message);
}

function said(
  effect: Exclude<ExecutorEffect, { kind: 'begin' }>,
  who: ExecutorIdentity,
): SchedulerCast {
  switch (effect.kind) {
    case 'ready':
      return { type: 'executor_ready', executor: who, current: effect.current };
    case 'completed':
      return { type: 'task_completed', executor: who, key: effect.key };
    case 'failed':
      return { type: 'task_failed', executor: who, key: effect.key, error: effect.error };
  }
}

function gone(who: ExecutorIdentity): SchedulerCast {
  return { type: 'executor_gone', executor: who };
}

function identity(id: string, context: Context): ExecutorIdentity {
  return { id, ref: context.self, nodeId: Cluster.getLocalNodeId() };
}

const TICK: ExecutorEvent = { type: 'tick' };
const TICK_MS = 500;
