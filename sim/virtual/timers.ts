import { promisify } from 'node:util';
import type { Timer, Timers } from '../../src/platform/platform.js';

type Callback = (...args: unknown[]) => void;

/** Node's timer functions over the node's virtual timers, and the modules that export them. */
export interface VirtualTimers {
  readonly globals: Readonly<Record<string, unknown>>;
  /** `node:timers` */
  readonly module: Readonly<Record<string, unknown>>;
  /** `node:timers/promises` */
  readonly promises: Readonly<Record<string, unknown>>;
}

export function virtualTimers(timers: Timers): VirtualTimers {
  const set = new TimerSet(timers);
  const promises = timerPromises(set);
  const globals = {
    setTimeout: promisable(
      (run: Callback, delayMs?: number, ...args: unknown[]) => set.once(run, delayMs, args),
      promises.setTimeout,
    ),
    setInterval: (run: Callback, delayMs?: number, ...args: unknown[]) =>
      set.repeat(run, delayMs, args),
    setImmediate: promisable(
      (run: Callback, ...args: unknown[]) => set.immediate(run, args),
      promises.setImmediate,
    ),
    clearTimeout: (handle: unknown) => set.clear(handle),
    clearInterval: (handle: unknown) => set.clear(handle),
    clearImmediate: (handle: unknown) => set.clear(handle),
  };
  return { globals, module: { ...globals, promises }, promises };
}

/** What `setTimeout` gives: Node's `Timeout`, as far as programs use it. */
class Handle {
  #timer: Timer | undefined;

  constructor(
    readonly id: number,
    private readonly arm: (handle: Handle) => Timer,
    private readonly forget: (id: number) => void,
  ) {}

  start(): this {
    this.#timer = this.arm(this);
    return this;
  }

  close(): this {
    this.#timer?.cancel();
    this.forget(this.id);
    return this;
  }

  refresh(): this {
    this.#timer?.cancel();
    return this.start();
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  [Symbol.toPrimitive](): number {
    return this.id;
  }
}

class TimerSet {
  readonly #timers: Timers;
  readonly #live = new Map<number, Handle>();
  #ids = 0;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  once(run: Callback, delayMs: number | undefined, args: unknown[]): Handle {
    return this.#add((handle) =>
      this.#timers.after(wholeDelay(delayMs), () => {
        this.#live.delete(handle.id);
        run(...args);
      }),
    );
  }

  repeat(run: Callback, delayMs: number | undefined, args: unknown[]): Handle {
    return this.#add((handle) =>
      this.#timers.after(wholeDelay(delayMs), () => {
        run(...args);
        if (this.#live.has(handle.id)) handle.start();
      }),
    );
  }

  immediate(run: Callback, args: unknown[]): Handle {
    return this.#add((handle) =>
      this.#timers.after(0, () => {
        this.#live.delete(handle.id);
        run(...args);
      }),
    );
  }

  clear(handle: unknown): void {
    if (handle instanceof Handle) handle.close();
    else if (typeof handle === 'number' || typeof handle === 'string') {
      this.#live.get(Number(handle))?.close();
    }
  }

  #add(arm: (handle: Handle) => Timer): Handle {
    const handle = new Handle(++this.#ids, arm, (id) => this.#live.delete(id));
    this.#live.set(handle.id, handle);
    return handle.start();
  }
}

interface AbortOption {
  readonly signal?: AbortSignal;
}

function timerPromises(set: TimerSet) {
  const wait = (begin: (fire: () => void) => Handle, { signal }: AbortOption = {}): Promise<void> =>
    new Promise((resolve, reject) => {
      const abort = (): void => {
        handle.close();
        reject(abortError(signal));
      };
      const handle = begin(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      if (signal?.aborted === true) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  const setTimeout = async <T>(delayMs?: number, value?: T, options?: AbortOption) => {
    await wait((fire) => set.once(fire, delayMs, []), options);
    return value;
  };
  const setImmediate = async <T>(value?: T, options?: AbortOption) => {
    await wait((fire) => set.immediate(fire, []), options);
    return value;
  };
  async function* setInterval<T>(delayMs?: number, value?: T, options?: AbortOption) {
    for (;;) yield await setTimeout(delayMs, value, options);
  }
  const scheduler = {
    wait: (delayMs: number, options?: AbortOption) => setTimeout(delayMs, undefined, options),
    yield: () => setImmediate(),
  };
  return { setTimeout, setImmediate, setInterval, scheduler };
}

/** What `AbortSignal.timeout` gives. */
export function timeoutSignal(timers: Timers, delayMs: number): AbortSignal {
  const controller = new AbortController();
  timers.after(wholeDelay(delayMs), () => {
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  });
  return controller.signal;
}

function abortError(signal: AbortSignal | undefined): Error {
  const error = new Error('The operation was aborted', { cause: signal?.reason as unknown });
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' });
}

function promisable<F extends object>(run: F, promised: unknown): F {
  Object.defineProperty(run, promisify.custom, { value: promised });
  return run;
}

// Node's own rule: anything below 1 ms, too large or not a number counts as 1 ms.
function wholeDelay(delayMs: number | undefined): number {
  const delay = Math.trunc(Number(delayMs));
  return delay >= 1 && delay <= 2 ** 31 - 1 ? delay : 1;
}
