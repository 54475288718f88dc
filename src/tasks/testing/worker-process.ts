import { createNodePlatform } from '../../platform/node-platform.js';
import type { AssignTask } from '../protocol.js';
import { SocketWorkerLink } from '../socket-worker-link.js';

// A worker in a process of its own, for whatever is there: the coordinator's URL is its argument.
const [masterUrl = ''] = process.argv.slice(2);
const { log } = createNodePlatform();
const quiet = { ...log, warn: () => undefined };
const UNDER_WAY = 32;

const link = new SocketWorkerLink(
  { masterUrl, log: quiet },
  { onTask: work, onNoTask: () => undefined, onTasksAvailable: ask, onLost: () => undefined },
);
await link.open();
link.register(['*']);
ask();
process.send?.('ready');

function ask(): void {
  for (let n = 0; n < UNDER_WAY; n++) link.request();
}

function work({ task: { taskId }, attempt }: AssignTask): void {
  const message = { taskId, attempt, result: taskId.length, wantsNext: true };
  void link.report({ event: 'taskCompleted', message });
}
