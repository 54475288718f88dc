import type { AssignTask, ProvideTasks, Try } from './protocol.js';
import { type Fields, fieldsOf, UnreadableMessageError } from './socket-message.js';
import { BATCH_TYPE } from './task.js';

/**
 * The task that a coordinator assigns. Throws UnreadableMessageError for what is none.
 *
 * A coordinator of the bare contract knows no tries and grants no leases: both are then missing.
 */
export function assignmentOf(message: unknown): AssignTask {
  const { task, attempt, leaseMs } = fieldsOf('assignTask', message);
  const { taskId } = fieldsOf('assignTask', task);
  if (typeof taskId !== 'string' || taskId === '') {
    throw new UnreadableMessageError('assignTask', 'taskId of the task', A_NAME, taskId);
  }
  checkLease('assignTask', attempt, leaseMs);
  return message as AssignTask;
}

/** A batch as one task; its id is empty when its master gave it none. Throws the same. */
export function batchOf(message: unknown): AssignTask {
  const fields = fieldsOf('provideTasks', message);
  const { tasks, batchId = NAMELESS, attempt, leaseMs } = fields as Fields & Partial<ProvideTasks>;
  if (!Array.isArray(tasks)) {
    throw new UnreadableMessageError('provideTasks', 'tasks', 'an array', tasks);
  }
  if (typeof batchId !== 'string') {
    throw new UnreadableMessageError('provideTasks', 'batchId', A_NAME, batchId);
  }
  checkLease('provideTasks', attempt, leaseMs);
  const task = { taskId: batchId, taskType: BATCH_TYPE, items: tasks };
  return { task, attempt, leaseMs } as AssignTask;
}

/** Which batch and try an answer is about, as far as its master named them. */
export function batchNames({ taskId, attempt }: Try): Fields {
  return {
    ...(taskId === NAMELESS ? {} : { batchId: taskId }),
    ...(attempt === undefined ? {} : { attempt }),
  };
}

function checkLease(event: string, attempt: unknown, leaseMs: unknown): void {
  if (attempt === undefined) return;
  if (!Number.isSafeInteger(attempt)) {
    throw new UnreadableMessageError(event, 'attempt', 'a whole number', attempt);
  }
  if (typeof leaseMs !== 'number' || !(leaseMs > 0)) {
    throw new UnreadableMessageError(event, 'leaseMs', 'milliseconds over 0', leaseMs);
  }
}

const NAMELESS = '';
const A_NAME = 'a string that is not empty';
