import type { LedgerLimits } from './ledger-options.js';
import { InvalidTaskError } from './task-error.js';
import type { NewTask, TaskSettings } from './task.js';

/** Throws InvalidTaskError for what no ledger can take as a task. */
export function checkTask(task: NewTask): NewTask {
  if (typeof task !== 'object' || task === null || Array.isArray(task)) {
    throw new InvalidTaskError('a task', 'an object with a taskType', task);
  }
  const { taskId, taskType } = task;
  if (typeof taskType !== 'string' || taskType === '') {
    throw new InvalidTaskError('taskType', 'a string that is not empty', taskType);
  }
  if (taskId !== undefined && (typeof taskId !== 'string' || taskId === '')) {
    throw new InvalidTaskError('taskId', 'a string that is not empty, or missing', taskId);
  }
  if (taskId !== undefined && taskId.length > ID_LENGTH_MAX) {
    throw new InvalidTaskError('taskId', `at most ${ID_LENGTH_MAX} characters`, taskId);
  }
  if (taskId !== undefined && !isUsableId(taskId)) {
    const expected = 'text without control characters and lone surrogates, neither . nor ..';
    throw new InvalidTaskError('taskId', expected, taskId);
  }
  return task;
}

/**
 * Whether a task of this id can be told apart, logged on a line, and named in a URL. Where it is
 * stored, halves of characters become one and the same character.
 */
export function isUsableId(taskId: string): boolean {
  return !UNUSABLE.test(taskId) && taskId !== '.' && taskId !== '..';
}

/** The settings with everything said; throws InvalidTaskError for what is out of range. */
export function checkSettings(
  settings: TaskSettings,
  limits: LedgerLimits,
): Required<TaskSettings> {
  const { priority = 0, delayMs = 0, retriesMax = limits.retriesMax } = settings;
  if (!Number.isFinite(priority)) {
    throw new InvalidTaskError('priority', 'a finite number', priority);
  }
  if (!(Number.isFinite(delayMs) && delayMs >= 0)) {
    throw new InvalidTaskError('delayMs', 'finite milliseconds, 0 or more', delayMs);
  }
  if (!(Number.isSafeInteger(retriesMax) && retriesMax >= 0)) {
    throw new InvalidTaskError('retriesMax', 'a whole number, 0 or more', retriesMax);
  }
  return { priority, delayMs, retriesMax };
}

const ID_LENGTH_MAX = 256;
const UNUSABLE = /[\p{Surrogate}\p{Control}]/u;
