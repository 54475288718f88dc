import { FaultlineError } from '../../src/base/errors.js';
import { currentRealm } from './current.js';

/**
 * A simulated node called something whose outcome depends on the machine: no run that does could be
 * repeated. It ends the node, even where the program catches the error.
 */
export class ForbiddenInSimulationError extends FaultlineError {
  static readonly code = 'FORBIDDEN_IN_SIMULATION';
  override readonly code = ForbiddenInSimulationError.code;
  override readonly name = 'ForbiddenInSimulationError';

  constructor(readonly call: string) {
    super(
      `${call} is not available to a simulated node: its outcome depends on the machine and not ` +
        `on the seed. ${insteadOf(call)}`,
    );
  }
}

/** A function, or a class, that throws {@link ForbiddenInSimulationError} when it is used. */
export function forbidden(call: string): (...args: unknown[]) => never {
  // Not an arrow function: a module may name a class to extend while it loads.
  return function refuse(): never {
    throw refusal(call);
  };
}

export function refusal(call: string): ForbiddenInSimulationError {
  const error = new ForbiddenInSimulationError(call);
  currentRealm()?.refused(error);
  return error;
}

/** `original` with the named functions forbidden, or all of its functions but `allowed`. */
export function restricted(
  name: string,
  original: object,
  rule: { readonly forbid: readonly string[] } | { readonly allow: readonly string[] },
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(original)) {
    const value = (original as Readonly<Record<string, unknown>>)[key];
    const isRefused =
      'forbid' in rule
        ? rule.forbid.includes(key)
        : !rule.allow.includes(key) && typeof value === 'function';
    const isFolder = 'allow' in rule && key === 'promises' && typeof value === 'object';
    if (isRefused) result[key] = forbidden(`${name}.${key}`);
    else if (isFolder) result[key] = restricted(`${name}.promises`, value as object, rule);
    else result[key] = value;
  }
  return result;
}

function insteadOf(call: string): string {
  return INSTEAD.find(([calls]) => calls.test(call))?.[1] ?? OTHERWISE;
}

const OTHERWISE =
  "Reach the outside through the node's platform and transport, or put a stub in its place";
const INSTEAD: readonly (readonly [calls: RegExp, advice: string])[] = [
  [/^import\(\)/, 'Import the module at the top of the file, so that it is part of the bundle'],
  [/^require\(/, 'Import the module by its name, so that it is part of the bundle'],
  [
    /^fs\b/,
    'Import the data as a module, so that it is part of the bundle, or pass it as settings',
  ],
  [/^crypto\.(?:pbkdf2|scrypt|hkdf)$/, 'Use the synchronous form, such as scryptSync'],
  [/^crypto\.generate/, 'Pass keys as settings, so that they are the same in every run'],
  [/^zlib\./, 'Use the synchronous form, such as gzipSync'],
  [/^(?:WeakRef|FinalizationRegistry)$/, 'Use a Map, and take entries out of it on purpose'],
  [/^Atomics\./, 'Await a promise: a node has one thread'],
  [/^(?:Worker|worker_threads|child_process|cluster)\b/, 'Start another process of the node'],
];
