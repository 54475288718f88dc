import { FaultlineError, describe } from '../base/errors.js';
import type { GenServerRef } from './behavior.js';
import { InvalidOptionError, checkCount, checkDurationMs, checkName, checkWord } from './option.js';
import { badCombination } from './supervision/auto-shutdown.js';
import type {
  AutoShutdown,
  ChildPolicy,
  RestartType,
  Shutdown,
} from './supervision/child-policy.js';
import type { RestartBackoff } from './supervision/restart-backoff.js';

/** The address of a local supervisor. */
export interface SupervisorRef {
  readonly id: string;
}

/**
 * Who is restarted when a child fails: it alone; all of them; it and those started after it. The
 * children of a `simple_one_for_one` are all of one template, added as needed, and fail alone.
 */
export type SupervisorStrategy =
  'one_for_one' | 'one_for_all' | 'rest_for_one' | 'simple_one_for_one';

/** At most `maxRestarts` restarts in any window of `withinMs`; one more ends the supervisor. */
export interface RestartIntensity {
  readonly maxRestarts: number;
  readonly withinMs: number;
}

/** What a started child is known by; a supervisor may be a child of a supervisor. */
export type ChildRef = GenServerRef | SupervisorRef;

/**
 * Starts one child of a template with the arguments that `startChild` was given; again for each
 * restart. `undefined` means that nothing needs to run.
 */
export type StartFunction = (
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the arguments are the caller's
  ...args: any[]
) => Promise<ChildRef | undefined> | ChildRef | undefined;

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

/** What was given as a child's spec is none. */
export class InvalidChildSpecError extends FaultlineError {
  static readonly code = 'ERR_INVALID_CHILD_SPEC';
  override readonly name = 'InvalidChildSpecError';
  readonly code = InvalidChildSpecError.code;
}

/** `strict` refuses a significant child that is permanent, or whose supervisor never heeds it. */
export class BadCombinationError extends FaultlineError {
  static readonly code = 'ERR_BAD_COMBINATION';
  override readonly name = 'BadCombinationError';
  readonly code = BadCombinationError.code;

  constructor(
    readonly childId: string,
    /** The setting that can't go with `significant`. */
    readonly setting: 'never' | 'permanent',
  ) {
    super(
      `Expected significant child ${childId} not to go with ${setting}; ` +
        'change one of them, or leave strict out',
    );
  }
}

/** Checks a spec and fills in its defaults; throws a typed error that names what is wrong. */
export function checkChildSpec(
  spec: ChildSpec,
  supervisor: { readonly autoShutdown: AutoShutdown; readonly strict: boolean },
): LocalChild {
  if (typeof (spec as unknown) !== 'object' || (spec as unknown) === null || Array.isArray(spec)) {
    throw new InvalidChildSpecError(`Expected a child spec { id, start }, got ${describe(spec)}`);
  }
  const { id, start } = spec;
  checkName('the id of a child', id);
  if (typeof start !== 'function') {
    throw new InvalidOptionError(`start of child ${id}`, 'a function that starts it', start);
  }
  const { restart, shutdown, significant } = checkPolicy(spec, supervisor);
  // Spelled out: a spread would give each of ten thousand specs a hidden class of its own.
  return { id, restart, shutdown, significant, start, given: spec };
}

/** The part of a spec that the kernel reads, checked, with defaults. */
export function checkPolicy(
  spec: Omit<ChildSpec, 'start'>,
  supervisor: { readonly autoShutdown: AutoShutdown; readonly strict: boolean },
): ChildPolicy {
  const { id, restart = 'permanent', significant = false } = spec;
  const shutdown = spec.shutdownTimeout ?? DEFAULT_SHUTDOWN_MS;
  checkWord(`restart of child ${id}`, RESTART_TYPES, restart);
  if (typeof significant !== 'boolean') {
    throw new InvalidOptionError(`significant of child ${id}`, 'true or false', significant);
  }
  if (supervisor.strict) {
    const bad = badCombination(supervisor.autoShutdown, { restart, significant });
    if (bad !== undefined) throw new BadCombinationError(id, bad);
  }
  if (typeof shutdown === 'number') checkDurationMs(`shutdownTimeout of child ${id}`, shutdown);
  else checkWord(`shutdownTimeout of child ${id}`, ['brutal_kill', 'infinity'], shutdown);
  return { id, restart, shutdown, significant };
}

export function checkStrategy(value: unknown): SupervisorStrategy {
  return checkWord('strategy', STRATEGIES, value);
}

/** How restarts that follow each other are spread in time. */
export interface RestartBackoffOptions {
  /** Milliseconds before the second restart in the window. */
  readonly initialMs: number;
  /** Milliseconds that no pause exceeds. */
  readonly maxMs: number;
  /** By how much each pause is longer than the one before; 2 by default. */
  readonly factor?: number;
}

export function checkBackoff(value: RestartBackoffOptions | undefined): RestartBackoff | undefined {
  if (value === undefined) return undefined;
  if (typeof (value as unknown) !== 'object' || (value as unknown) === null) {
    throw new InvalidOptionError('restartBackoff', '{ initialMs, maxMs, factor? }', value);
  }
  const { initialMs, maxMs, factor = 2 } = value;
  checkDurationMs('restartBackoff.initialMs', initialMs);
  checkDurationMs('restartBackoff.maxMs', maxMs);
  if (typeof (factor as unknown) !== 'number' || !(factor >= 1)) {
    throw new InvalidOptionError('restartBackoff.factor', 'a number, 1 or more', factor);
  }
  return { initialMs, maxMs, factor };
}

export function checkIntensity(value: RestartIntensity): RestartIntensity {
  if (typeof (value as unknown) !== 'object' || (value as unknown) === null) {
    throw new InvalidOptionError('restartIntensity', '{ maxRestarts, withinMs }', value);
  }
  checkCount('restartIntensity.maxRestarts', value.maxRestarts, 0);
  if (typeof (value.withinMs as unknown) !== 'number' || !(value.withinMs > 0)) {
    throw new InvalidOptionError(
      'restartIntensity.withinMs',
      'milliseconds, above 0',
      value.withinMs,
    );
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
export const DEFAULT_INTENSITY = {
  maxRestarts: 3,
  withinMs: 5000,
} as const satisfies RestartIntensity;
const RESTART_TYPES = ['permanent', 'transient', 'temporary'] as const;
