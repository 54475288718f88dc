import {
  type ExitReason,
  type ProcessDownReason,
  type TerminateReason,
  toDownReason,
  toTerminateReason,
} from '../runtime/exit-reason.js';
import type { Process } from '../runtime/process.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';
import type { GenServerRef } from './behavior.js';
import { checkFunction } from './option.js';

/**
 * What happened to a server of this node, or to what one watches. `crashed` is always followed by
 * `terminated`; of a server whose `init` failed nothing is told. By the time of `terminated` its
 * names are gone.
 */
export type LifecycleEvent =
  | { readonly type: 'started'; readonly ref: GenServerRef }
  | { readonly type: 'crashed'; readonly ref: GenServerRef; readonly error: Error }
  | { readonly type: 'terminated'; readonly ref: GenServerRef; readonly reason: TerminateReason }
  | {
      /** A DOWN was put into the mailbox of `watcher`, of this node; `ref` may be elsewhere. */
      readonly type: 'process_down';
      readonly ref: GenServerRef;
      readonly watcher: GenServerRef;
      readonly monitorId: string;
      readonly reason: ProcessDownReason;
    };

/** Called at once, in the turn of what happened: it sees the node as it is at that moment. */
export type LifecycleHandler = (event: LifecycleEvent) => void;

/**
 * Calls `handler` for every server of this node from now on; gives the function that ends it. What
 * a handler throws is logged and changes nothing.
 */
export function onLifecycleEvent(runtime: Runtime, handler: LifecycleHandler): () => void {
  checkFunction('the handler', handler);
  return runtime.use(LIFECYCLE).subscribe(handler);
}

/** Tells the handlers, if there are any, that a DOWN was told. */
export function tellProcessDown(
  runtime: Runtime,
  monitor: { readonly watcherId: string; readonly monitorId: string; readonly ref: GenServerRef },
  reason: ExitReason,
): void {
  runtime.use(LIFECYCLE).processDown(monitor, reason);
}

class Lifecycle {
  readonly #handlers = new Set<LifecycleHandler>();
  readonly #runtime: Runtime;
  #unlisten: (() => void) | undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  // The runtime is listened to only while somebody listens here.
  subscribe(handler: LifecycleHandler): () => void {
    const own: LifecycleHandler = (event) => handler(event);
    this.#handlers.add(own);
    this.#unlisten ??= this.#runtime.watchLives({
      started: (process) => this.#tell({ type: 'started', ref: this.#ref(process) }),
      crashed: (process, error) => this.#tell({ type: 'crashed', ref: this.#ref(process), error }),
      ended: (process, reason) => {
        if (!process.hasStarted) return;
        this.#tell({
          type: 'terminated',
          ref: this.#ref(process),
          reason: toTerminateReason(reason),
        });
      },
    });
    return () => {
      this.#handlers.delete(own);
      if (this.#handlers.size > 0) return;
      this.#unlisten?.();
      this.#unlisten = undefined;
    };
  }

  processDown(
    monitor: { readonly watcherId: string; readonly monitorId: string; readonly ref: GenServerRef },
    reason: ExitReason,
  ): void {
    if (this.#handlers.size === 0) return;
    const { ref, monitorId } = monitor;
    const watcher = this.#runtime.addressOf(monitor.watcherId);
    this.#tell({ type: 'process_down', ref, watcher, monitorId, reason: toDownReason(reason) });
  }

  #ref(process: Process): GenServerRef {
    return this.#runtime.addressOf(process.id);
  }

  #tell(event: LifecycleEvent): void {
    if (event.type !== 'process_down' && !event.ref.id.startsWith('genserver_')) return;
    for (const handler of this.#handlers) {
      try {
        handler(event);
      } catch (error) {
        // A listener is a guest: its failure must not end the process that it watches.
        this.#runtime.platform.log.error('a lifecycle handler failed', { error });
      }
    }
  }
}

const LIFECYCLE: ServiceKey<Lifecycle> = {
  name: 'lifecycle',
  create: (runtime) => new Lifecycle(runtime),
};
