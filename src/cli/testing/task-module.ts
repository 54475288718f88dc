import { createNodePlatform } from '../../platform/node-platform.js';

// What the workers of the tests do.
interface WordTask {
  readonly taskId: string;
  readonly taskType: string;
  readonly options?: { readonly forMs?: number };
}

/** Takes its time, and says who did it. */
export default async function work({ taskId, options }: WordTask): Promise<string> {
  const { forMs } = options ?? {};
  if (forMs !== undefined) {
    await new Promise<void>((done) => timers.after(forMs, done, { keepAlive: true }));
  }
  return `${taskId} by ${process.pid}`;
}

const { timers } = createNodePlatform();
