import {
  type Context,
  type From,
  GenServer,
  type GenServerBehavior,
  type GenServerRef,
  type Request,
} from '../../index.js';
import { castOrDrop } from '../lossy-cast.js';
import { type Balance, chooseWorker, type Load } from './balance.js';
import type { Crew } from './crew.js';
import type { Processed } from './worker.js';

interface Submit extends Request<Processed> {
  readonly type: 'submit';
  readonly task: string;
}

export interface PoolStats {
  readonly workerCount: number;
  readonly totalTasks: number;
}

interface GetStats extends Request<PoolStats> {
  readonly type: 'get_stats';
}

export type PoolCall = Submit | GetStats;

export type PoolCast =
  | { readonly type: 'scale'; readonly count: number }
  /** From the pool to itself: what became of a task. */
  | { readonly type: 'settled'; readonly job: Job; readonly workerId: string; readonly end: End };

/** A task, and who waits for it. */
interface Job {
  readonly task: string;
  readonly from: From;
  readonly attempt: number;
}

type End = { readonly processed: Processed } | { readonly error: unknown };

export interface PoolState {
  readonly crew: Crew;
  readonly turn: number;
  readonly totalTasks: number;
  /** By the id of a worker's process: one that was restarted begins anew. */
  readonly loads: ReadonlyMap<string, Load>;
}

export type PoolRef = GenServerRef<PoolState, PoolCall, PoolCast>;

export interface PoolOptions {
  readonly size?: number;
  readonly balance?: Balance;
  readonly crew: () => Crew | Promise<Crew>;
}

/**
 * Hands tasks to workers and the results back. Tasks run side by side, one at a time on a worker. A
 * task whose worker died goes to another one, up to three times; then its caller gets the error.
 */
export function poolBehavior(
  options: PoolOptions,
): GenServerBehavior<PoolState, PoolCall, PoolCast> {
  const { size = 4, balance = 'round_robin' } = options;
  return {
    init: async () => {
      const crew = await options.crew();
      await scale(crew, size);
      return { crew, turn: 0, totalTasks: 0, loads: new Map() };
    },
    handleCall: (message, state, context) => {
      if (message.type === 'get_stats') {
        const { crew, totalTasks } = state;
        return [{ workerCount: crew.size(), totalTasks }, state];
      }
      const job = { task: message.task, from: context.from as From, attempt: 1 };
      return [GenServer.noReply, assign(job, state, { balance, context })];
    },
    handleCast: async (message, state, context) => {
      if (message.type === 'settled') return settle(message, state, { balance, context });
      await scale(state.crew, message.count);
      // The round begins anew with those that are there now.
      return { ...state, turn: 0 };
    },
    // A job that found no worker waited a moment.
    handleInfo: (job: Job, state, context) => assign(job, state, { balance, context }),
    terminate: (_reason, { crew }) => crew.dissolve(),
  };
}

async function scale(crew: Crew, count: number): Promise<void> {
  while (crew.size() < count) await crew.hire();
  while (crew.size() > count) await crew.dismiss();
}

interface Means {
  readonly balance: Balance;
  readonly context: Context;
}

function assign(job: Job, state: PoolState, { balance, context }: Means): PoolState {
  const workers = state.crew.workers();
  if (workers.length === 0) {
    context.sendAfter(job, NO_WORKER_MS);
    return state;
  }
  const loads = workers.map(({ id }) => state.loads.get(id) ?? IDLE);
  const { index, turn } = chooseWorker(loads, balance, state.turn);
  const worker = workers[index] as (typeof workers)[number];
  const { self } = context;
  const tell = (end: End): void => {
    castOrDrop(GenServer, self, { type: 'settled', job, workerId: worker.id, end });
  };
  const { task } = job;
  // Nobody waits here: the pool goes on with the next message while the worker works.
  context.call(worker, { type: 'process', task }, { timeout: Infinity }).then(
    (processed) => tell({ processed }),
    (error: unknown) => tell({ error }),
  );
  const { active, done } = loads[index] as Load;
  return { ...state, turn, loads: withLoad(state, worker.id, { active: active + 1, done }) };
}

function settle(
  { job, workerId, end }: Extract<PoolCast, { type: 'settled' }>,
  state: PoolState,
  means: Means,
): PoolState {
  const { active, done } = state.loads.get(workerId) ?? IDLE;
  if ('processed' in end) {
    GenServer.reply(job.from, end.processed);
    const loads = withLoad(state, workerId, { active: active - 1, done: done + 1 });
    return { ...state, loads, totalTasks: state.totalTasks + 1 };
  }
  const loads = withLoad(state, workerId, { active: active - 1, done });
  if (job.attempt < ATTEMPTS_MAX) {
    return assign({ ...job, attempt: job.attempt + 1 }, { ...state, loads }, means);
  }
  GenServer.reply(job.from, GenServer.replyError(end.error));
  return { ...state, loads };
}

/** The loads with one replaced, and without those of workers that are gone. */
function withLoad({ crew, loads }: PoolState, id: string, load: Load): Map<string, Load> {
  const living = new Set(crew.workers().map((worker) => worker.id));
  const next = new Map([...loads].filter(([each]) => living.has(each)));
  return living.has(id) ? next.set(id, load) : next;
}

const IDLE: Load = { active: 0, done: 0 };
const ATTEMPTS_MAX = 3;
const NO_WORKER_MS = 20;
