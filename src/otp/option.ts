import { FaultlineError, describe } from '../base/errors.js';

/** An option with a value that it cannot take. */
export class InvalidOptionError extends FaultlineError {
  static readonly code = 'ERR_INVALID_OPTION';
  override readonly name = 'InvalidOptionError';
  readonly code = InvalidOptionError.code;

  constructor(
    readonly option: string,
    readonly expected: string,
    readonly received: unknown,
  ) {
    super(`Expected ${option} to be ${expected}, got ${describe(received)}`);
  }
}

/** A duration in milliseconds: 0 or more, `Infinity` allowed. */
export function checkDurationMs(option: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw new InvalidOptionError(option, 'milliseconds, 0 or more', value);
}

/** As {@link checkDurationMs}, but it has to end. */
export function checkDelayMs(option: string, value: unknown): number {
  if (Number.isFinite(value) && (value as number) >= 0) return value as number;
  throw new InvalidOptionError(option, 'finite milliseconds, 0 or more', value);
}

/** One of a few words. */
export function checkWord<Word extends string>(
  option: string,
  words: readonly Word[],
  value: unknown,
): Word {
  if (words.includes(value as Word)) return value as Word;
  throw new InvalidOptionError(option, `one of ${words.join(', ')}`, value);
}

/** A name: a string that is not empty. */
export function checkName(option: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new InvalidOptionError(option, 'a string that is not empty', value);
}

/** A whole number, `min` or more. */
export function checkCount(option: string, value: unknown, min: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= min) return value as number;
  throw new InvalidOptionError(option, `a whole number, ${min} or more`, value);
}

/** Several of something. */
export function checkArray(option: string, value: unknown): void {
  if (!Array.isArray(value)) throw new InvalidOptionError(option, 'an array', value);
}

/** Something to be called. */
export function checkFunction(option: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new InvalidOptionError(option, 'a function', value);
}

/** What can abort a call. */
export function checkSignal(value: unknown): void {
  const signal = value as { aborted?: unknown; addEventListener?: unknown } | null;
  if (typeof signal?.aborted === 'boolean' && typeof signal.addEventListener === 'function') return;
  throw new InvalidOptionError('signal', 'an AbortSignal', value);
}

/** A ref: an object with an `id`. */
export function checkRef(value: unknown): void {
  const id = (value as { id?: unknown } | null | undefined)?.id;
  if (typeof id !== 'string') {
    throw new InvalidOptionError('the ref', 'what start gave back, { id, nodeId? }', value);
  }
}
