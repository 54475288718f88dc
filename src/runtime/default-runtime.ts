import { createNodePlatform } from '../platform/node-platform.js';
import { currentRuntime, setCurrentRuntime } from './current.js';
import { Runtime } from './runtime.js';

/** The runtime of the running code; a program that never made one gets one on the real world. */
export function here(): Runtime {
  const runtime = currentRuntime();
  if (runtime !== undefined) return runtime;
  const created = new Runtime(createNodePlatform());
  setCurrentRuntime(created);
  return created;
}
