/** A broken invariant of faultline's own. Never thrown for a caller's mistake: that is a typed error. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/** Throws {@link InvariantViolation} unless `condition` holds. `claim` says what should be true. */
export function invariant(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new InvariantViolation(`broken invariant: ${claim}`);
}

/** The `default:` of a switch over a closed union: a compile error when a case is missing. */
export function unreachable(value: never): never {
  throw new InvariantViolation(`unreachable case: ${JSON.stringify(value)}`);
}
