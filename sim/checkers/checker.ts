import type { Observed } from '../world-report.js';

/**
 * One promise, watched. A checker is a pure function of what was observed: it sees the scheduler's
 * own log, asks nobody, and keeps its state to itself.
 */
export interface Checker {
  /** Short and stable, such as `S1`. */
  readonly id: string;
  /** The promise, as a sentence. */
  readonly title: string;
  /** How often the promise was put to the test so far. Never tested counts as failed. */
  readonly checks: number;
  /**
   * Why nobody can blame the run that the promise was never put to the test: what has not happened.
   * `undefined` when it had to be.
   */
  readonly excuse?: string | undefined;
  /** Called for everything observed, in order. A violation ends the run. */
  observe(observed: Observed): Violation | undefined;
  /** Called once, when the run is over. */
  finish?(endedUs: number): Violation | undefined;
  /** Whether what this checker waits for has come; `undefined` when it waits for nothing. */
  readonly converged?: boolean;
}

/** A promise that was broken, and where. */
export interface Violation {
  readonly checker: string;
  /** What was promised and what happened instead. */
  readonly message: string;
  /** Where in the trace it showed. */
  readonly event: number;
  readonly atUs: number;
}

/** Makes a fresh checker for one run. */
export type CheckerFactory = () => Checker;

/** The violation of a checker's promise by what happened at `at`. */
export function violationOf(
  { id, title }: Pick<Checker, 'id' | 'title'>,
  at: Pick<Observed, 'event' | 'atUs'>,
  happened: string,
): Violation {
  const { event, atUs } = at;
  return { checker: id, message: `${id} promises: ${title}. But ${happened}`, event, atUs };
}

/** Virtual microseconds as people read them. */
export function msText(us: number): string {
  return `${us / 1000} ms`;
}
