import { checkerFactories } from './checkers/all.js';
import type { Checker, Violation } from './checkers/checker.js';
import type { Lane } from './lanes/lane.js';
import type { RunConfig } from './run-config.js';
import type { KeepObserved, RunControl } from './run-follower.js';
import { World } from './world.js';
import type { Observed, WorldReport, WorldWatcher } from './world-report.js';

export interface RunResult extends WorldReport {
  /** In the order of the trace; what `keepObserved` says of them. */
  readonly observed: readonly Observed[];
  readonly violation: Violation | undefined;
  readonly checked: readonly Checked[];
}

/** How often a promise was put to the test. */
export interface Checked {
  readonly id: string;
  readonly title: string;
  readonly checks: number;
  /** Why nobody can blame the run that it was never tested. */
  readonly excuse?: string;
}

/** One run in `lane`, watched by the named checkers. The lane is the caller's to close. */
export async function runWorld(
  config: RunConfig,
  lane: Lane,
  checkers: readonly string[],
  control: RunControl = {},
): Promise<RunResult> {
  const watch = new Watch(checkers.map(makeChecker), control);
  const report = await new World(config, lane, watch).run();
  return { ...report, ...watch.outcome(report) };
}

class Watch implements WorldWatcher {
  readonly #checkers: readonly Checker[];
  readonly #observed: Observed[] = [];
  readonly #control: RunControl;
  readonly #followed: ReadonlySet<string>;
  readonly #keeps: (kind: string) => boolean;
  #violation: Violation | undefined;
  #steps = 0;

  constructor(checkers: readonly Checker[], control: RunControl) {
    this.#checkers = checkers;
    this.#control = control;
    this.#followed = new Set(control.follower?.kinds);
    this.#keeps = keeping(control.keepObserved ?? true);
  }

  observed(observed: Observed): void {
    const { kind } = observed.observation;
    if (this.#keeps(kind)) this.#observed.push(observed);
    for (const checker of this.#checkers) this.#violation ??= checker.observe(observed);
    if (this.#followed.has(kind)) this.#control.follower?.observed?.(observed);
  }

  turned(nowUs: number): 'stop' | 'abort' | undefined {
    this.#steps += 1;
    if (this.#steps % STEPS_BETWEEN_LOOKS === 0) this.#control.follower?.reached?.(nowUs);
    if (this.#control.isAborted?.() === true) return 'abort';
    return this.#violation === undefined ? undefined : 'stop';
  }

  outcome({ end, endedUs }: WorldReport): Pick<RunResult, 'observed' | 'violation' | 'checked'> {
    // Nobody knows where a run that was cut short would have arrived.
    const isWhole = end !== 'aborted' && end !== 'until-event';
    for (const checker of isWhole ? this.#checkers : []) {
      this.#violation ??= checker.finish?.(endedUs);
    }
    const checked = this.#checkers.map(checkedOf);
    return { observed: this.#observed, violation: this.#violation, checked };
  }
}

function keeping(kept: KeepObserved): (kind: string) => boolean {
  if (typeof kept === 'boolean') return () => kept;
  const kinds = new Set(kept);
  return (kind) => kinds.has(kind);
}

function checkedOf({ id, title, checks, excuse }: Checker): Checked {
  return { id, title, checks, ...(excuse === undefined ? {} : { excuse }) };
}

function makeChecker(id: string): Checker {
  const make = checkerFactories[id];
  if (make === undefined) {
    const known = Object.keys(checkerFactories).join(', ');
    throw new RangeError(`no checker is called ${id}; there are ${known || 'none'}`);
  }
  return make();
}

const STEPS_BETWEEN_LOOKS = 512;
