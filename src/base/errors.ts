const marker = Symbol.for('faultline.error');

/**
 * What every error of faultline has: a `code` that never changes between versions.
 *
 * `instanceof` compares codes, not class objects. A bundle and the test that loads it, or two nodes
 * on either side of a wire, hold different copies of a class and still agree on what failed.
 */
export abstract class FaultlineError extends Error {
  /** The contract: stable across versions, processes and bundles. */
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    Object.defineProperty(this, marker, { value: true });
  }

  /** Whether `value` is an error of faultline with the code of this class. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (typeof value !== 'object' || value === null || !(marker in value)) return false;
    const own = Object.getOwnPropertyDescriptor(this, 'code');
    return own === undefined ? true : (value as { code?: unknown }).code === own.value;
  }
}

/** What a class of typed errors looks like to the codec: its code, and how to rebuild one. */
export interface ErrorClass {
  readonly code: string;
  readonly name: string;
  readonly prototype: FaultlineError;
}

/**
 * Rebuilds an error of class `Class` from its message and fields, without running a constructor.
 * The result passes `instanceof Class`; `name` and `code` are the class's unless `fields` has them.
 */
export function reviveError(
  Class: ErrorClass,
  message: string,
  fields: Readonly<Record<string, unknown>>,
): FaultlineError {
  const error = Object.create(Class.prototype) as FaultlineError;
  Object.defineProperty(error, marker, { value: true });
  Object.defineProperty(error, 'message', { value: message, writable: true, configurable: true });
  for (const [key, value] of Object.entries({ name: Class.name, code: Class.code, ...fields })) {
    Object.defineProperty(error, key, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return error;
}

/** The error in what was thrown. Anything else is wrapped: a reason is always an `Error`. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error || isErrorLike(thrown)) return thrown;
  return new Error(typeof thrown === 'string' ? thrown : `thrown: ${describe(thrown)}`, {
    cause: thrown,
  });
}

/** A short, safe description of any value for an error message. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const prototype = Object.getPrototypeOf(value) as { constructor?: unknown } | null;
  const name =
    typeof prototype?.constructor === 'function' ? prototype.constructor.name : undefined;
  return name === undefined || name === 'Object'
    ? `an object with keys ${Object.keys(value).slice(0, 8).join(', ') || '(none)'}`
    : `a ${name}`;
}

// An error made in another realm or bundle is not an instance of this realm's Error.
function isErrorLike(value: unknown): value is Error {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.prototype.toString.call(value) === '[object Error]'
  );
}
