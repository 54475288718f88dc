import type { ProvideTasks } from './protocol.js';
import { type Fields, textField, UnreadableMessageError } from './socket-message.js';
import type { SessionDialect, WorkerSession } from './socket-session.js';
import { BATCH_TYPE } from './task.js';

/** Workers that take batches. `isDrained` says whether there is nothing more to come. */
export function batchDialect(isDrained: () => boolean): SessionDialect {
  const provide = async (session: WorkerSession): Promise<void> => {
    const assignment = await session.next();
    if (assignment === undefined) {
      if (isDrained()) session.emit('noMoreTasks', {});
      return;
    }
    const { task, attempt, leaseMs } = assignment;
    const { taskId: batchId } = task;
    const tasks = task['items'] as readonly unknown[];
    session.emit('provideTasks', { tasks, batchId, attempt, leaseMs } satisfies ProvideTasks);
  };
  return {
    listen(session) {
      session.taskTypes = [BATCH_TYPE];
      session.on('requestTasks', () => provide(session));
      session.on('taskResults', (fields) => {
        const { results } = fields;
        if (Array.isArray(results)) return session.complete(batchOf(fields, session), results);
        throw new UnreadableMessageError('taskResults', 'results', 'an array', results);
      });
      session.on('batchFailed', (fields) => {
        return session.fail(batchOf(fields, session), textField(fields, 'error'));
      });
    },
    wake: (session) => void session.quietly(provide(session)),
    tellLost: (session, { taskId, attempt }) => session.emit('taskCancelled', { taskId, attempt }),
  };
}

// A worker of the bare contract answers its batches in the order in which it got them.
function batchOf({ batchId, attempt }: Fields, session: WorkerSession): Fields {
  return { taskId: batchId ?? session.presentTaskId, attempt };
}
