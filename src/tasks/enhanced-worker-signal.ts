/** The one that hears SIGTERM for all workers of this process. */
export function sigtermWatch(): SigtermWatch {
  const place = process as typeof process & { [WATCH]?: SigtermWatch };
  place[WATCH] ??= new SigtermWatch();
  return place[WATCH];
}

/** Stops what stops on SIGTERM, and passes the signal on when all of it has stopped. */
export class SigtermWatch {
  readonly #stops = new Set<StopWorker>();
  #isSignalled = false;
  readonly #hear = (): void => {
    // Whoever says it twice does not want to wait.
    if (this.#isSignalled) return this.#passOn();
    this.#isSignalled = true;
    void this.#stopAll();
  };

  add(stop: StopWorker): void {
    if (this.#stops.size === 0 && !this.#isSignalled) process.on('SIGTERM', this.#hear);
    this.#stops.add(stop);
  }

  /** It has stopped, or does not stop on the signal any more. */
  remove(stop: StopWorker): void {
    this.#stops.delete(stop);
    if (this.#stops.size === 0 && !this.#isSignalled) process.off('SIGTERM', this.#hear);
  }

  async #stopAll(): Promise<void> {
    // Some may have been started while others stopped.
    while (this.#stops.size > 0) {
      const stops = [...this.#stops];
      await Promise.allSettled(stops.map((stop) => stop()));
      for (const stop of stops) this.#stops.delete(stop);
    }
    this.#isSignalled = false;
    this.#passOn();
  }

  // It kept the signal from ending the process; unless somebody else listens to it, nobody has
  // asked for that.
  #passOn(): void {
    process.off('SIGTERM', this.#hear);
    if (process.listenerCount('SIGTERM') === 0) process.kill(process.pid, 'SIGTERM');
  }
}

export type StopWorker = () => Promise<void>;

const WATCH = Symbol('the workers of this process that stop on SIGTERM');
