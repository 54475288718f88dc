import { GenServer, type GenServerBehavior } from '../../index.js';
import type { WorkerRef } from './worker.js';

/** Ends a worker in the middle of whatever it does: it is linked to a process that crashes. */
export async function endSuddenly(worker: WorkerRef): Promise<void> {
  const stumbling = await GenServer.start(behavior);
  GenServer.link(stumbling, worker);
  GenServer.cast(stumbling, 'stumble');
}

const behavior: GenServerBehavior<undefined, never, 'stumble'> = {
  init: () => undefined,
  handleCall: (_nothing, state) => [undefined as never, state],
  handleCast: () => {
    throw new Error('a worker was ended for the show');
  },
};
