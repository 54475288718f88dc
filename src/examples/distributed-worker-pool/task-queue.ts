import {
  type Context,
  type DownInfo,
  GenServer,
  type GenServerBehavior,
  type GenServerRef,
  type Request,
} from '../../index.js';
import { castOrDrop } from '../lossy-cast.js';
import { type Handout, type QueueCounts, QueueLedger } from './queue-ledger.js';
import type { Assignment, Task, WorkerStatus } from './task.js';

interface Submit extends Request<readonly Task[]> {
  readonly type: 'submit';
  readonly payloads: readonly string[];
}

interface GetCounts extends Request<QueueCounts> {
  readonly type: 'counts';
}

interface GetWorkers extends Request<readonly BusyWorker[]> {
  readonly type: 'workers';
}

export interface BusyWorker {
  readonly status: WorkerStatus;
  /** What it works on, if on anything. */
  readonly task: Task | undefined;
}

export type QueueCall = Submit | GetCounts | GetWorkers;

/** A worker asks for work; `done` is what it did last, once its result is counted. */
export interface Pull {
  readonly type: 'pull';
  readonly status: WorkerStatus;
  readonly done?: Assignment | undefined;
}

export type QueueRef = GenServerRef<QueueLedger, QueueCall, Pull>;

/**
 * The tasks of the whole cluster. Workers ask for them; the task of a worker that dies, or whose
 * node is lost, goes to another one. The queue lives on one node, and its tasks with it.
 */
export const taskQueue: GenServerBehavior<QueueLedger, QueueCall, Pull> = {
  init: () => new QueueLedger(GenServer.self().id),
  handleCall: (message, ledger, context) => {
    switch (message.type) {
      case 'submit': {
        const [tasks, handouts] = ledger.submit(message.payloads);
        send(handouts, context);
        return [tasks, ledger];
      }
      case 'counts':
        return [ledger.counts, ledger];
      case 'workers':
        return [ledger.workers(), ledger];
    }
  },
  handleCast: ({ status, done }, ledger, context) => {
    if (!ledger.knows(status.ref.id)) context.monitor(status.ref);
    send(ledger.pull(status, done), context);
    return ledger;
  },
  handleInfo: (down: DownInfo, ledger, context) => {
    send(ledger.lose(down.ref.id), context);
    return ledger;
  },
};

// A handout that gets lost is asked for again.
function send(handouts: readonly Handout[], context: Context): void {
  for (const { to, assignment } of handouts) {
    castOrDrop(context, to.ref, { type: 'work', assignment });
  }
}
