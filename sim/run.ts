import { checkerFactories } from './checkers/all.js';
import type { Checker, Violation } from './checkers/checker.js';
import type { Lane } from './lanes/lane.js';
import type { RunConfig } from './run-config.js';
import { World } from './world.js';
import type { Observed, WorldReport, WorldWatcher } from './world-report.js';

export interface RunResult extends WorldReport {
  readonly observed: readonly Observed[];
  readonly violation: Violation | undefined;
  readonly checked: readonly Checked[];
}

export interface Checked {
  readonly id: string;
  readonly title: string;
  readonly checks: number;
}

/** One run in `lane`, watched by the named checkers. The lane is the caller's to close. */
export async function runWorld(
  config: RunConfig,
  lane: Lane,
  checkers: readonly string[],
): Promise<RunResult> {
  const watch = new Watch(checkers.map(makeChecker));
  const report = await new World(config, lane, watch).run();
  return { ...report, ...watch.outcome(report.endedUs) };
}

class Watch implements WorldWatcher {
  readonly #checkers: readonly Checker[];
  readonly #observed: Observed[] = [];
  #violation: Violation | undefined;

  constructor(checkers: readonly Checker[]) {
    this.#checkers = checkers;
  }

  observed(observed: Observed): void {
    this.#observed.push(observed);
    for (const checker of this.#checkers) this.#violation ??= checker.observe(observed);
  }

  turned(): 'stop' | undefined {
    return this.#violation === undefined ? undefined : 'stop';
  }

  outcome(endedUs: number): Pick<RunResult, 'observed' | 'violation' | 'checked'> {
    for (const checker of this.#checkers) this.#violation ??= checker.finish?.(endedUs);
    const checked = this.#checkers.map(({ id, title, checks }) => ({ id, title, checks }));
    return { observed: this.#observed, violation: this.#violation, checked };
  }
}

function makeChecker(id: string): Checker {
  const make = checkerFactories[id];
  if (make === undefined) {
    const known = Object.keys(checkerFactories).join(', ');
    throw new RangeError(`no checker is called ${id}; there are ${known || 'none'}`);
  }
  return make();
}
