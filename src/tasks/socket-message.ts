import { describe, FaultlineError } from '../base/errors.js';
import type { Try } from './protocol.js';

/** What a worker sent is not what the contract says. */
export class UnreadableMessageError extends FaultlineError {
  static readonly code = 'ERR_UNREADABLE_MESSAGE';
  override readonly name = 'UnreadableMessageError';
  readonly code = UnreadableMessageError.code;

  constructor(
    readonly event: string,
    readonly field: string,
    readonly expected: string,
    got: unknown,
  ) {
    super(`Expected ${field} of ${event} to be ${expected}, got ${describe(got)}`);
  }
}

export type Fields = Readonly<Record<string, unknown>>;

/** The message's fields; none when it has no message. */
export function fieldsOf(event: string, message: unknown): Fields {
  if (message === undefined || message === null || typeof message === 'function') return {};
  if (typeof message === 'object' && !Array.isArray(message)) return message as Fields;
  throw new UnreadableMessageError(event, 'the message', 'an object', message);
}

export function typesOf({ taskTypes }: Fields): readonly string[] {
  if (Array.isArray(taskTypes) && taskTypes.every((each) => typeof each === 'string')) {
    return taskTypes;
  }
  throw new UnreadableMessageError('a worker', 'taskTypes', 'an array of strings', taskTypes);
}

export function tryOf({ taskId, attempt }: Fields): Try {
  if (typeof taskId !== 'string') {
    throw new UnreadableMessageError('a worker', 'taskId', 'a string', taskId);
  }
  if (attempt === undefined) return { taskId };
  if (Number.isSafeInteger(attempt)) return { taskId, attempt: attempt as number };
  throw new UnreadableMessageError('a worker', 'attempt', 'a whole number', attempt);
}

/** A text; anything else is described. */
export function textField(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : describe(value);
}
