import { FaultlineError, reviveError } from '../base/errors.js';
import type { ErrorClasses } from '../runtime/error-classes.js';

/**
 * What of an error crosses: never its stack, which differs between machines and versions of Node
 * and would make the same failure into different bytes.
 */
export interface Failure {
  /** The nearest built-in class, by its place in {@link BASES}. */
  readonly base: number;
  /** The code of a typed error; its class is looked up by it on arrival. */
  readonly classCode: string | null;
  /** Null when the name is an own field, and travels with those. */
  readonly name: string | null;
  readonly message: string;
}

/** A failure together with the keys of the fields that travel with it. */
export interface FailurePlan extends Failure {
  /**
   * Own fields beside name, message and cause, and the `code` that some errors only inherit, as
   * an AbortError does.
   */
  readonly keys: readonly string[];
}

/** What is worth sending of `error`. Getters that throw let their error out. */
export function failureOf(error: Error): FailurePlan {
  // Anything may have been assigned to these.
  const { name, message, code } = error as { name: unknown; message: unknown; code?: unknown };
  const isTyped = typeof code === 'string' && error instanceof FaultlineError;
  const base = baseOf(error);
  const keys = Object.keys(error).filter((key) => !isOwnPart(key, base));
  if (code !== undefined && !keys.includes('code')) keys.push('code');
  return {
    base,
    classCode: isTyped ? code : null,
    name: isEnumerable(error, 'name') ? null : String(name),
    message: String(message),
    keys,
  };
}

/** Whether errors of this base hold a list of errors. */
export function isAggregate(base: number): boolean {
  return BASES[base] === AggregateError;
}

/**
 * An error as it was described, still without fields, cause and errors: these may point back to
 * it. Its stack is one line, name and message.
 */
export function reviveFailure(failure: Failure, classes: ErrorClasses): Error {
  const Class = failure.classCode === null ? undefined : classes.get(failure.classCode);
  const error = Class === undefined ? ofBase(failure) : reviveError(Class, failure.message, {});
  const { name } = failure;
  if (name !== null && error.name !== name) define(error, 'name', name);
  const stack = failure.message === '' ? error.name : `${error.name}: ${failure.message}`;
  // What an engine has put there is written over in a third of the time that it takes to redefine.
  if (Object.hasOwn(error, 'stack')) error.stack = stack;
  else define(error, 'stack', stack);
  return error;
}

/** Gives an error a part that enumeration does not show, as `cause` and `errors` are. */
export function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, writable: true, configurable: true });
}

function ofBase({ base, message }: Failure): Error {
  const Base = BASES[base];
  if (Base === undefined) throw new RangeError(`no class of errors has the number ${base}`);
  return isAggregate(base) ? new AggregateError([], message) : (Base as ErrorConstructor)(message);
}

function baseOf(error: Error): number {
  let prototype: unknown = Object.getPrototypeOf(error);
  while (prototype !== null) {
    const base = BASES.findIndex((Base) => Base.prototype === prototype);
    if (base >= 0) return base;
    prototype = Object.getPrototypeOf(prototype);
  }
  return 0;
}

function isOwnPart(key: string, base: number): boolean {
  return (
    key === 'message' ||
    key === 'stack' ||
    key === 'cause' ||
    (key === 'errors' && isAggregate(base))
  );
}

function isEnumerable(error: Error, key: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(error, key);
}

// The order is part of the wire format: append, never reorder.
const BASES: readonly (ErrorConstructor | AggregateErrorConstructor)[] = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  AggregateError,
];
