import { type Fields, textField, typesOf, UnreadableMessageError } from './socket-message.js';
import type { AssignTask, Receipt } from './protocol.js';
import type { SessionDialect, WorkerSession } from './socket-session.js';

/** Workers that take one task at a time and tell of its phases. */
export const ENHANCED: SessionDialect = {
  listen(session) {
    session.on('registerCapabilities', (fields) => {
      session.taskTypes = typesOf(fields);
    });
    session.on('notifyReady', (fields) => {
      session.taskTypes = [...session.taskTypes, ...typesOf(fields)];
    });
    session.on('requestTask', async () => {
      let assignment: AssignTask | undefined;
      try {
        assignment = await session.next();
      } finally {
        // Whoever asks is answered, whatever happened.
        if (assignment !== undefined) session.emit('assignTask', assignment);
        else session.emit('noTask', { message: 'No tasks are available now' });
      }
    });
    session.on('taskStatus', (fields) => {
      const phase = fields['status'];
      if (phase === 'installing' || phase === 'running') return session.progress(fields, phase);
      throw new UnreadableMessageError('taskStatus', 'status', '"installing" or "running"', phase);
    });
    session.on('installationStatus', (fields) => installed(session, fields));
    session.on('taskCompleted', (fields) => session.complete(fields, fields['result']));
    session.on('taskFailed', (fields) => session.fail(fields, textField(fields, 'error')));
  },
  wake: (session) => session.emit('tasksAvailable', {}),
  tellLost: (session, { taskId, attempt }) => session.emit('taskCancelled', { taskId, attempt }),
};

function installed(session: WorkerSession, fields: Fields): Promise<Receipt> {
  const { status, error = 'no reason was given' } = fields;
  if (status === 'success') return session.progress(fields, 'installed');
  if (status === 'failure') {
    return session.fail(fields, `the installation failed: ${String(error)}`);
  }
  const expected = '"success" or "failure"';
  throw new UnreadableMessageError('installationStatus', 'status', expected, status);
}
