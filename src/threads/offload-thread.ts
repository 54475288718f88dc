// What runs in each thread of an offload pool. Loaded as it stands: it imports types alone.
import type { ThreadFailure, ThreadOutcome, ThreadTask } from '../offload/thread-task.js';

/** Loads the module of `task` and calls its function. Always resolves. */
export default async function runTask(task: ThreadTask): Promise<ThreadOutcome> {
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = (await import(task.href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    return { kind: 'unloadable', error: failureOf(error) };
  }
  const run = exported[task.name];
  if (typeof run !== 'function') return { kind: 'nameless' };
  try {
    return { kind: 'returned', value: await (run as TaskFunction)(...task.args) };
  } catch (error) {
    return { kind: 'threw', error: failureOf(error) };
  }
}

type TaskFunction = (...args: readonly unknown[]) => unknown;

/** What is left of `thrown` on the other side. */
export function failureOf(thrown: unknown): ThreadFailure {
  const { message, name, code, stack } = (thrown ?? {}) as Record<string, unknown>;
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' ? value : undefined;
  return {
    message: text(message) ?? String(thrown),
    name: text(name),
    code: text(code),
    stack: text(stack),
  };
}
