import { deferred } from '../../base/deferred.js';
import { EnhancedWorkerClient } from '../enhanced-worker.js';
import { quietLogger } from './quiet-logger.js';

/** What the process tells. */
export type Signalled =
  | { readonly kind: 'ready' | 'signalled' | 'pong' }
  | { readonly kind: 'began' | 'ended'; readonly type: string };

// Two workers in a process of their own, `one` and `two` by type and name: the coordinator's URL is
// its argument, and a word if the program listens to SIGTERM itself. A task is done when its type
// is sent.
const [masterUrl = '', listens] = process.argv.slice(2);
process.once('SIGTERM', () => tell({ kind: 'signalled' }));
if (listens !== undefined) process.on('SIGTERM', () => undefined);
for (const type of ['one', 'two']) await startWorker(type);
process.on('message', (word) => word === 'ping' && tell({ kind: 'pong' }));
tell({ kind: 'ready' });

async function startWorker(type: string): Promise<void> {
  const done = deferred<string>();
  process.on('message', (word) => word === type && done.resolve('done'));
  const worker = new EnhancedWorkerClient({
    masterUrl,
    taskTypes: [type],
    workerId: type,
    logger: quietLogger().logger,
    execute: () => {
      tell({ kind: 'began', type });
      return done.promise;
    },
  });
  void worker.ended.then(() => tell({ kind: 'ended', type }));
  await worker.start();
}

function tell(told: Signalled): void {
  process.send?.(told);
}
