import { describe } from './errors.js';

/** A broken invariant of faultline's own. A caller's mistake is a typed error. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/** Throws {@link InvariantViolation} unless `condition` holds. `claim` says what should be true. */
export function invariant(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new InvariantViolation(`broken invariant: ${claim}`);
}

/** The `default:` of a switch over a closed union: a compile error when a case is missing. */
export function unreachable(value: never): never {
  throw new InvariantViolation(`unreachable case: ${spell(value)}`);
}

function spell(value: unknown): string {
  try {
    return JSON.stringify(value) ?? describe(value);
  } catch {
    // A bigint or a cycle: the claim must still be heard.
    return describe(value);
  }
}
