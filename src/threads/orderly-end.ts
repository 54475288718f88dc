import { deferred } from '../base/deferred.js';
import { CLUSTER } from '../cluster/cluster.js';
import { shutDown } from '../otp/shutdown.js';
import type { Process } from '../runtime/process.js';
import type { Runtime } from '../runtime/runtime.js';

/**
 * Ends a node in good order. Its own processes take what is in their mailboxes and answer it, then
 * end with `shutdown`; children of distributed supervisors work until the node has left, which is
 * what has them started elsewhere, and end after it. One that takes too long is killed.
 */
export async function endInOrder(runtime: Runtime): Promise<void> {
  await endProcesses(runtime, (process) => isRoot(runtime, process) && isOwn(process));
  await runtime.use(CLUSTER).stop();
  await endProcesses(runtime, (process) => isRoot(runtime, process));
}

function isRoot(runtime: Runtime, { parent }: Process): boolean {
  return parent === undefined || runtime.processes.get(parent) === undefined;
}

function isOwn({ id, fence }: Process): boolean {
  return fence === undefined && !id.startsWith('dsup_');
}

async function endProcesses(runtime: Runtime, which: (process: Process) => boolean): Promise<void> {
  const ends = new Map([...runtime.processes].filter(which).map(({ id }) => [id, NOTHING]));
  if (ends.size === 0) return;
  const done = deferred<void>();
  const unwatch = runtime.watchLives({
    ended: ({ id }) => {
      ends.get(id)?.();
      if (ends.delete(id) && ends.size === 0) done.resolve();
    },
  });
  for (const id of [...ends.keys()]) {
    const ended = shutDown(runtime, { id }, PATIENCE_MS);
    if (ends.has(id)) ends.set(id, ended);
    else ended();
  }
  await done.promise;
  unwatch();
}

const NOTHING = (): void => undefined;
const PATIENCE_MS = 5000;
