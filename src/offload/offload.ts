import { here } from '../runtime/default-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';
import { type OffloadOptions, OffloadPool, type OffloadRunOptions } from './offload-pool.js';

/** The pool of a runtime, and how it is to be made. */
export class OffloadService {
  readonly #runtime: Runtime;
  #pool: OffloadPool;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#pool = new OffloadPool(runtime.platform);
  }

  get pool(): OffloadPool {
    return this.#pool;
  }

  /** From the next task on; those handed in before are finished under the former bounds. */
  configure(options: OffloadOptions): void {
    const former = this.#pool;
    this.#pool = new OffloadPool(this.#runtime.platform, options);
    former.drain().catch((error: unknown) => {
      this.#runtime.platform.log.error('the threads of a former pool did not end', { error });
    });
  }
}

export const OFFLOAD: ServiceKey<OffloadService> = {
  name: 'offload',
  create: (runtime) => new OffloadService(runtime),
};

/** A pool of your own, beside the one of {@link Offload}. */
export function createOffload(options: OffloadOptions = {}): OffloadPool {
  return new OffloadPool(here().platform, options);
}

/** Work that takes the processor for long, in other threads, while this node goes on beating. */
export const Offload = {
  /** Calls a function of a module in a thread; see {@link OffloadPool.run}. */
  run: <Result = unknown>(
    module: string | URL,
    name: string,
    args: readonly unknown[] = [],
    options: OffloadRunOptions = {},
  ): Promise<Result> => here().use(OFFLOAD).pool.run<Result>(module, name, args, options),
  /** Sets the bounds of the pool; throws InvalidOptionError. */
  configure: (options: OffloadOptions): void => here().use(OFFLOAD).configure(options),
  /** Aborts every task and ends the threads; see {@link OffloadPool.close}. */
  close: (): Promise<void> => here().use(OFFLOAD).pool.close(),
} as const;
