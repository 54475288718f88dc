import type { Runtime } from './runtime.js';

/**
 * The name of something that exists once per runtime and is made when it is first asked for: how a
 * higher floor hangs its state on the runtime without the runtime knowing it.
 */
export interface ServiceKey<T> {
  readonly name: string;
  create(runtime: Runtime): T;
}
