import type { Socket } from 'socket.io-client';
import { assignmentOf, batchNames, batchOf } from './assignment.js';
import { fieldsOf, tryOf } from './socket-message.js';
import type { WorkerLinkEvents, WorkerReport } from './worker-link.js';

/** How a worker speaks to its kind of coordinator. */
export interface LinkDialect {
  /** Asks for work. */
  readonly request: string;
  introduce?(socket: Socket, taskTypes: readonly string[]): void;
  listen(
    on: HearEvent,
    hear: Pick<WorkerLinkEvents, 'onTask' | 'onNoTask' | 'onTasksAvailable' | 'onLost'>,
  ): void;
  /** How a report is said: event and message. */
  said(report: WorkerReport): [event: string, message: unknown];
}

/**
 * Hears an event. A message for which `handle` throws UnreadableMessageError is ignored; `ignored`
 * is told so.
 */
export type HearEvent = (
  event: string,
  handle: (message: unknown) => void,
  ignored?: () => void,
) => void;

/** One task at a time, with phases. */
export const ENHANCED_LINK: LinkDialect = {
  request: 'requestTask',
  introduce(socket, taskTypes) {
    socket.emit('registerCapabilities', { taskTypes });
    socket.emit('notifyReady', { taskTypes });
  },
  listen(on, hear) {
    on(
      'assignTask',
      (message) => hear.onTask(assignmentOf(message)),
      // It was an answer to a request all the same.
      () => hear.onNoTask('its answer could not be read'),
    );
    on('noTask', (message) => hear.onNoTask(wordsOf(message)));
    on('tasksAvailable', () => hear.onTasksAvailable());
    on('taskCancelled', (message) => hear.onLost(tryOf(fieldsOf('taskCancelled', message))));
  },
  said: ({ event, message }) => [event, message],
};

/** Batches. To the link each is one task. */
export const BASIC_LINK: LinkDialect = {
  request: 'requestTasks',
  listen(on, hear) {
    on('provideTasks', (message) => hear.onTask(batchOf(message)));
    on('noMoreTasks', () => hear.onNoTask('no more tasks'));
    on('taskCancelled', (message) => hear.onLost(tryOf(fieldsOf('taskCancelled', message))));
  },
  said(report) {
    const names = batchNames(report.message);
    switch (report.event) {
      case 'taskCompleted':
        return ['taskResults', { results: report.message.result, ...names }];
      case 'taskFailed':
        return ['batchFailed', { error: report.message.error, ...names }];
      default:
        return [report.event, report.message];
    }
  },
};

// Whatever comes with it, it says that there is none.
function wordsOf(message: unknown): string {
  const words = (message as { readonly message?: unknown } | null | undefined)?.message;
  return typeof words === 'string' ? words : '';
}
