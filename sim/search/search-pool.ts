import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { bundle, simModule } from '../bundle.js';
import type { Scenario } from '../scenarios/scenario.js';
import { runConfig } from '../simulate.js';
import { harnessFailure, type RunOutcome } from './run-outcome.js';
import type { ScenarioRunner } from './scenario-runner.js';
import type { SearchTask, SearchThreadData } from './search-thread.js';
import { programOf, simOptionsOf } from './subject.js';

export interface SearchPoolOptions {
  readonly jobs: number;
  readonly plant?: string | undefined;
}

/** Spreads runs of the in-process lane over threads, one run a thread at a time. */
export class SearchPool implements ScenarioRunner {
  readonly jobs: number;
  readonly #options: SearchPoolOptions;
  readonly #folder: string;
  readonly #pool: Piscina<SearchTask, RunOutcome>;
  #closed: Promise<void> | undefined;

  private constructor(options: SearchPoolOptions, folder: string, workerData: SearchThreadData) {
    this.jobs = options.jobs;
    this.#options = options;
    this.#folder = folder;
    this.#pool = new Piscina({
      filename: join(folder, THREAD_FILE),
      minThreads: options.jobs,
      maxThreads: options.jobs,
      idleTimeout: Infinity,
      // Each thread waits for the news of the run below it, so it must not sleep between tasks.
      atomics: 'disabled',
      recordTiming: false,
      workerData,
      execArgv: [],
      env: {},
    });
  }

  /** The pool loads its threads from a file; it lies in a folder of its own until `close`. */
  static async open(options: SearchPoolOptions): Promise<SearchPool> {
    const [thread, threadText, program] = await Promise.all([
      bundle({ entry: simModule('search/search-thread') }),
      bundle({ entry: simModule('lanes/inproc-thread') }),
      bundle(programOf(options.plant)),
    ]);
    const folder = await mkdtemp(join(tmpdir(), 'faultline-'));
    await writeFile(join(folder, THREAD_FILE), thread);
    return new SearchPool(options, folder, { threadText, program });
  }

  async run(scenario: Scenario): Promise<RunOutcome> {
    const { plant } = this.#options;
    const { checkers = [], ...options } = simOptionsOf({ scenario, plant });
    const config = runConfig({ ...options, keepEntries: 0 });
    try {
      return await this.#pool.run({ config, scenario, checkers });
    } catch (error) {
      return harnessFailure(scenario.seed, error);
    }
  }

  // The pool would start over if it were ended twice.
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    await this.#pool.destroy();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

const THREAD_FILE = 'search-thread.cjs';
