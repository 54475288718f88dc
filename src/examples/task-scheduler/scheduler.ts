import { unreachable } from '../../base/assert.js';
import {
  type Context,
  type DownInfo,
  GenServer,
  type GenServerBehavior,
  type TimerRef,
} from '../../index.js';
import type { Store } from '../../platform/platform.js';
import { castOrDrop } from '../lossy-cast.js';
import { nowMs, wallMs } from '../world.js';
import type { ExecutorCast } from './executor.js';
import type { AttemptKey } from './scheduled-task.js';
import type { SchedulerCall, SchedulerCast } from './scheduler-message.js';
import type { BookEffect } from './book-effect.js';
import { TaskBook } from './task-book.js';
import type { Time } from './task-entry.js';
import { putKept, readKept } from './task-records.js';

export interface SchedulerOptions {
  readonly store: Store;
  /** Takes lines for people. */
  readonly tell?: (line: string) => void;
  /** Hears of each run that is completed. */
  readonly onCompleted?: (key: AttemptKey) => void;
}

export interface SchedulerState {
  readonly book: TaskBook;
  wake: TimerRef | undefined;
}

/**
 * Gives tasks to executors and keeps book. What a caller or an executor is told is in the store by
 * then: a scheduler that dies and is started again goes on where it was.
 */
export function scheduler({
  store,
  tell = () => undefined,
  onCompleted = () => undefined,
}: SchedulerOptions): GenServerBehavior<SchedulerState, SchedulerCall, SchedulerCast> {
  const carryOut = (effects: readonly BookEffect[], state: SchedulerState, context: Context) =>
    keepAndAct(effects, { store, tell, onCompleted, state, context });
  return {
    init: () => {
      GenServer.sendAfter(GenServer.self(), WAKE, 0);
      return { book: new TaskBook(readKept(store), time()), wake: undefined };
    },
    handleCall: async (message, state, context) => {
      const { book } = state;
      switch (message.type) {
        case 'schedule': {
          const [tasks, effects] = book.schedule(message.tasks, time());
          await carryOut(effects, state, context);
          return [tasks, state];
        }
        case 'get_task':
          return [book.history(message.taskId), state];
        case 'list_tasks':
          return [book.histories(), state];
        case 'get_stats':
          return [book.stats, state];
      }
    },
    handleCast: async (message, state, context) => {
      const { book } = state;
      const { ref } = message.executor;
      const isNew = !book.knows(ref.id) && message.type !== 'executor_gone';
      if (isNew) context.monitor(ref);
      await carryOut(effectsOf(message, book), state, context);
      return state;
    },
    handleInfo: async (info: DownInfo | Wake, state, context) => {
      const { book } = state;
      const effects = info.type === 'DOWN' ? book.gone(info.ref.id, time()) : book.tick(time());
      await carryOut(effects, state, context);
      return state;
    },
  };
}

interface Wake {
  readonly type: 'wake';
}

interface Means extends Required<SchedulerOptions> {
  readonly state: SchedulerState;
  readonly context: Context;
}

function effectsOf(message: SchedulerCast, book: TaskBook): BookEffect[] {
  switch (message.type) {
    case 'executor_ready':
      return book.ready(message.executor, message.current, time());
    case 'executor_gone':
      return book.gone(message.executor.ref.id, time());
    case 'task_completed':
      return book.report(message.executor, { key: message.key }, time());
    case 'task_failed':
      return book.report(message.executor, message, time());
  }
}

async function keepAndAct(effects: readonly BookEffect[], means: Means): Promise<void> {
  const { store, tell, onCompleted, context } = means;
  if (putKept(store, effects)) await store.sync();
  for (const effect of effects) {
    switch (effect.kind) {
      case 'execute': {
        const { key, task, to } = effect;
        const { name, payload } = task;
        send(context, to.ref, { type: 'execute', key, name, payload });
        break;
      }
      case 'acknowledge':
        send(context, effect.to.ref, { type: 'acknowledged', key: effect.key });
        break;
      case 'completed':
        tell(`Task ${effect.key.taskId} completed by ${effect.executorId}`);
        onCompleted(effect.key);
        break;
      case 'tell':
        tell(effect.line);
        break;
      case 'keepTask':
      case 'keepAttempt':
      case 'keepCounts':
        // They are kept by now.
        break;
      default:
        unreachable(effect);
    }
  }
  setWake(means);
}

// What gets lost is said again when the executor says again where it stands.
function send(context: Context, ref: Parameters<typeof castOrDrop>[1], message: ExecutorCast) {
  castOrDrop(context, ref, message);
}

function setWake({ state, context }: Means): void {
  if (state.wake !== undefined) GenServer.cancelTimer(state.wake);
  const now = nowMs();
  const wakeMs = state.book.wakeAfter(now);
  state.wake = wakeMs === undefined ? undefined : context.sendAfter(WAKE, wakeMs - now);
}

function time(): Time {
  return { nowMs: nowMs(), wallMs: wallMs() };
}

const WAKE: Wake = { type: 'wake' };
