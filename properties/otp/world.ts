import { KernelHost } from './kernel-host.js';
import type { Parent, Process } from './process.js';
import type { ScenarioChild } from './scenario.js';
import { Timeline } from './timeline.js';
import { TraceRecorder } from './trace.js';
import { Worker } from './worker.js';

/** All simulated processes of one scenario, in one virtual time. */
export class World {
  readonly timeline = new Timeline();
  readonly trace = new TraceRecorder();
  readonly #incarnations = new Map<string, number>();
  readonly #latest = new Map<string, Worker | KernelHost>();
  readonly #all: (Worker | KernelHost)[] = [];

  /** Creates the next incarnation of the process at `path`; the caller starts it. */
  spawn(path: string, plan: ScenarioChild, parent: Parent): Worker | KernelHost {
    const inc = (this.#incarnations.get(path) ?? 0) + 1;
    this.#incarnations.set(path, inc);
    const name = { id: path, inc };
    const process =
      plan.sup === undefined
        ? new Worker(name, plan, parent, this)
        : new KernelHost(name, plan, parent, this);
    this.#latest.set(path, process);
    this.#all.push(process);
    return process;
  }

  latest(path: string): Process | undefined {
    return this.#latest.get(path);
  }

  /** The supervisor at `path`; the latest one, dead or alive. */
  host(path: string): KernelHost | undefined {
    const process = this.#latest.get(path);
    return process instanceof KernelHost ? process : undefined;
  }

  get isBusy(): boolean {
    return this.#all.some((process) => process.isBusy);
  }
}
