import type { WorkerProgress } from '../tasks.js';

/** What became of the tries of a worker. */
export interface TallySums {
  readonly running: number;
  readonly completed: number;
  readonly failed: number;
  /** Another worker has it, or it was cancelled: what came of it here does not count. */
  readonly lost: number;
  /** Not done when the worker stopped: another one gets it at once. */
  readonly handedOn: number;
}

/** Counts what became of tries. */
export class TaskTally {
  readonly #concurrency: number;
  readonly #ended = { completed: 0, failed: 0, lost: 0, handedOn: 0 };
  /** Begun, and without a word of how they ended. */
  #open = 0;
  #isStopping = false;

  constructor({ concurrency }: { readonly concurrency: number }) {
    this.#concurrency = concurrency;
  }

  count({ kind }: Pick<WorkerProgress, 'kind'>): void {
    if (kind === 'started') this.#open++;
    else this.#end(this.#endOf(kind));
  }

  /** From now on the worker gives up only what it hands on. */
  stopping(): void {
    this.#isStopping = true;
  }

  /** The worker has stopped: what it has said nothing of was handed on. */
  stopped(): void {
    while (this.#open > 0) this.#end('handedOn');
  }

  get sums(): TallySums {
    // A try ends when its result was acknowledged, and the next one may have begun by then.
    return { running: Math.min(this.#open, this.#concurrency), ...this.#ended };
  }

  /** In words. */
  get sentence(): string {
    const { running, completed, failed, lost, handedOn } = this.sums;
    const handed = handedOn === 0 ? '' : `, ${handedOn} handed on`;
    const ended = `${completed} completed, ${failed} failed, ${lost} lost to others${handed}`;
    return `${running} running, ${ended}`;
  }

  #endOf(kind: Exclude<WorkerProgress['kind'], 'started'>): keyof Omit<TallySums, 'running'> {
    switch (kind) {
      case 'completed':
      case 'failed':
        return kind;
      case 'refused':
        return 'lost';
      case 'given up':
        return this.#isStopping ? 'handedOn' : 'lost';
    }
  }

  #end(end: keyof Omit<TallySums, 'running'>): void {
    this.#open--;
    this.#ended[end]++;
  }
}
