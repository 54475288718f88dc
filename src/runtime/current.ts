import type { Runtime } from './runtime.js';

// The one pointer: the runtime whose turn it is. A scheduler that runs several nodes in one thread
// moves it before each step; everywhere else it is set once.
let pointer: Runtime | undefined;

/** The runtime that code without a context of its own belongs to, if there is one yet. */
export function currentRuntime(): Runtime | undefined {
  return pointer;
}

export function setCurrentRuntime(runtime: Runtime | undefined): void {
  pointer = runtime;
}
