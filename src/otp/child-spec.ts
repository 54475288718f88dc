import { FaultlineError, describe } from '../base/errors.js';
import type { GenServerRef } from './behavior.js';
import { InvalidOptionError, checkCount, checkDurationMs, checkName, checkWord } from './option.js';
import type { AutoShutdown, ChildPolicy, RestartType, Shutdown } from './supervision/child-policy.js';

/** The address of a local supervisor. */
export interface SupervisorRef {
  readonly id: string;
}

export type SupervisorStrategy =
  'one_for_one' | 'one_for_all' | 'rest_for_one' | 'simple_one_for_one';

/** At most `maxRestarts` restarts in any window of `withinMs`; one more ends the supervisor. */
export interface RestartIntensity {
  readonly maxRestarts: number;
  readonly withinMs: number;
}

/** What a started child is known by; a supervisor may be a child of a supervisor. */
export type ChildRef = GenServerRef | SupervisorRef;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the arguments are the caller's
export type StartFunction = (...args: any[]) => Promise<ChildRef | undefined> | ChildRef | undefined;

/** How a child is started, stopped and restarted. */
export interface ChildSpec {
  /** Unique among the children of one supervisor. */
  readonly id: string;
  /** Starts the child and gives its ref; `undefined` means that nothing needs to run. */
  readonly start: () => Promise<ChildRef | undefined> | ChildRef | undefined;
  /** `permanent` by default. */
  readonly restart?: RestartType;
  /** Milliseconds to end in before it is killed; 5000 by default. 0 kills at once. */
  readonly shutdownTimeout?: Shutdown;
  /** Whether its end counts for the supervisor's `autoShutdown`; false by default. */
  readonly significant?: boolean;
}

/** The spec of every child of a `simple_one_for_one` supervisor. */
export interface ChildTemplate {
  readonly start: StartFunction;
  readonly restart?: RestartType;
  readonly shutdownTimeout?: Shutdown;
  readonly significant?: boolean;
}

/** A checked spec, as the kernel carries it. */
export interface LocalChild extends ChildPolicy {
  readonly start: () => Promise<ChildRef | undefined> | ChildRef | undefined;
  readonly given: ChildSpec;
}

/** Options of a supervisor that contradict each other. */
export class InvalidChildSpecError extends FaultlineError {
  static readonly code = 'ERR_INVALID_CHILD_SPEC';
  override readonly name = 'InvalidChildSpecError';
  readonly code = InvalidChildSpecError.code;
}

/** Checks a spec and fills in its defaults; throws a typed error that names what is wrong. */
export function checkChildSpec(
  spec: ChildSpec,
  supervisor: { readonly autoShutdown: AutoShutdown; readonly strict: boolean },
): LocalChild {
  if (typeof (spec as ChildSpec | null | undefined) !== 'object') {
    throw new InvalidChildSpecError(`Expected a child spec { id, start }, got ${describe(spec)}`);
  }
  const { id, start } = spec;
  checkName('the id of a child', id);
  if (typeof start !== 'function') {
    throw new InvalidOptionError(`start of child ${id}`, 'a function that starts it', start);
  }
  return { ...checkPolicy(spec, supervisor), start, given: spec };
}

/** The part of a spec that the kernel reads, checked, with defaults. */
export function checkPolicy(
  spec: Omit<ChildSpec, 'start'>,
  supervisor: { readonly autoShutdown: AutoShutdown; readonly strict: boolean },
): ChildPolicy {
  const { id, restart = 'permanent', significant = false } = spec;
  const shutdown = spec.shutdownTimeout ?? DEFAULT_SHUTDOWN_MS;
  checkWord(`restart of child ${id}`, RESTART_TYPES, restart);
  if (typeof shutdown === 'number') checkDurationMs(`shutdownTimeout of child ${id}`, shutdown);
  else checkWord(`shutdownTimeout of child ${id}`, ['brutal_kill', 'infinity'], shutdown);
  if (typeof significant !== 'boolean') {
    throw new InvalidOptionError(`significant of child ${id}`, 'true or false', significant);
  }
  if (supervisor.strict && significant) {
    if (supervisor.autoShutdown === 'never' || restart === 'permanent') {
      throw new InvalidChildSpecError(
        `bad_combination: child ${id} is significant, but is permanent or autoShutdown is never`,
      );
    }
  }
  return { id, restart, shutdown, significant };
}

export function checkStrategy(value: unknown): SupervisorStrategy {
  return checkWord('strategy', STRATEGIES, value);
}

export function checkIntensity(value: RestartIntensity): RestartIntensity {
  checkCount('restartIntensity.maxRestarts', value.maxRestarts, 0);
  if (!(value.withinMs > 0)) {
    throw new InvalidOptionError('restartIntensity.withinMs', 'milliseconds, above 0', value.withinMs);
  }
  return value;
}

export function checkAutoShutdown(value: unknown): AutoShutdown {
  return checkWord('autoShutdown', ['never', 'any_significant', 'all_significant'], value);
}

export const STRATEGIES = [
  'one_for_one',
  'one_for_all',
  'rest_for_one',
  'simple_one_for_one',
] as const satisfies readonly SupervisorStrategy[];
export const DEFAULT_SHUTDOWN_MS = 5000;
export const DEFAULT_INTENSITY: RestartIntensity = { maxRestarts: 3, withinMs: 5000 };
const RESTART_TYPES = ['permanent', 'transient', 'temporary'] as const;
