import type { Observed } from './world-report.js';

/** Whoever looks on while a run goes. What they do changes nothing in it. */
export interface RunFollower {
  /** The kinds of observations that `observed` is called for. */
  readonly kinds: readonly string[];
  /** Called in the order of the trace, soon after it happened. */
  observed?(observed: Observed): void;
  /** Called now and then with the virtual time that the run has reached. */
  reached?(nowUs: number): void;
}

/** How whoever started a run takes part in it. */
export interface RunControl {
  readonly follower?: RunFollower;
  /** Asked before everything that happens; true ends the run. */
  readonly isAborted?: () => boolean;
  /** All by default. */
  readonly keepObserved?: KeepObserved;
}

/**
 * Which observations a report holds: all, none, or those of some kinds. Checkers and followers see
 * every one of them, whatever is kept; a long run that keeps all grows with its length.
 */
export type KeepObserved = boolean | readonly string[];
