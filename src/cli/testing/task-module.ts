import { createNodePlatform } from '../../platform/node-platform.js';

// What the workers of the tests do.
interface WordTask {
  readonly taskId: string;
  readonly taskType: string;
  readonly options?: { readonly forMs?: number; readonly stopsAtTry?: number };
}

/** Takes its time, or stops its process until that is continued, and says who did it. */
export default async function work(
  { taskId, options }: WordTask,
  { attempt }: { readonly attempt: number },
): Promise<string> {
  const { forMs, stopsAtTry } = options ?? {};
  // It goes on with its result in hand, before it hears that the task is another's.
  if (attempt === stopsAtTry) process.kill(process.pid, 'SIGSTOP');
  if (forMs !== undefined) {
    await new Promise<void>((done) => timers.after(forMs, done, { keepAlive: true }));
  }
  return `${taskId} by ${process.pid}`;
}

const { timers } = createNodePlatform();
