import type { Socket } from 'socket.io-client';
import type { AssignTask, ProvideTasks, Try } from './protocol.js';
import { BATCH_TYPE } from './task.js';
import type { WorkerLinkEvents, WorkerReport } from './worker-link.js';

/** How a worker speaks to its kind of coordinator. */
export interface LinkDialect {
  /** Asks for work. */
  readonly request: string;
  introduce?(socket: Socket, taskTypes: readonly string[]): void;
  listen(
    socket: Socket,
    hear: Pick<WorkerLinkEvents, 'onTask' | 'onNoTask' | 'onTasksAvailable' | 'onLost'>,
  ): void;
  /** How a report is said: event and message. */
  said(report: WorkerReport): [event: string, message: unknown];
}

/** One task at a time, with phases. */
export const ENHANCED_LINK: LinkDialect = {
  request: 'requestTask',
  introduce(socket, taskTypes) {
    socket.emit('registerCapabilities', { taskTypes });
    socket.emit('notifyReady', { taskTypes });
  },
  listen(socket, hear) {
    socket.on('assignTask', (assignment: AssignTask) => hear.onTask(assignment));
    socket.on('noTask', ({ message }: { readonly message: string }) => hear.onNoTask(message));
    socket.on('tasksAvailable', () => hear.onTasksAvailable());
    socket.on('taskCancelled', (attempt: Try) => hear.onLost(attempt));
  },
  said: ({ event, message }) => [event, message],
};

/** Batches. To the link each is one task. */
export const BASIC_LINK: LinkDialect = {
  request: 'requestTasks',
  listen(socket, hear) {
    socket.on('provideTasks', ({ tasks, batchId = '', attempt, leaseMs }: ProvideTasks) => {
      const task = { taskId: batchId, taskType: BATCH_TYPE, items: tasks };
      // A coordinator of the bare contract names neither batch nor try.
      hear.onTask({ task, attempt, leaseMs } as AssignTask);
    });
    socket.on('noMoreTasks', () => hear.onNoTask('no more tasks'));
    socket.on('taskCancelled', (attempt: Try) => hear.onLost(attempt));
  },
  said(report) {
    const { taskId: batchId, attempt } = report.message;
    switch (report.event) {
      case 'taskCompleted':
        return ['taskResults', { results: report.message.result, batchId, attempt }];
      case 'taskFailed':
        return ['batchFailed', { error: report.message.error, batchId, attempt }];
      default:
        return [report.event, report.message];
    }
  },
};
