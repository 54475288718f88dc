/** What a node program may not call, because no run that depends on it could be repeated. */
export class ForbiddenCallError extends Error {
  override readonly name = 'ForbiddenCallError';

  constructor(readonly call: string) {
    super(
      `${call} is not available to a simulated node: its outcome depends on the machine. ` +
        "Reach the outside through the node's platform and transport, or a stub",
    );
  }
}

/** A function, or a class, that throws {@link ForbiddenCallError} when it is used. */
export function forbidden(call: string): (...args: unknown[]) => never {
  // Not an arrow function: a module may name a class to extend while it loads.
  return function refuse(): never {
    throw new ForbiddenCallError(call);
  };
}

/** `original` with the named functions forbidden, or all of its functions but `allowed`. */
export function restricted(
  name: string,
  original: object,
  rule: { readonly forbid: readonly string[] } | { readonly allow: readonly string[] },
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(original)) {
    const refused =
      'forbid' in rule
        ? rule.forbid.includes(key)
        : !rule.allow.includes(key) && typeof value === 'function';
    result[key] = refused ? forbidden(`${name}.${key}`) : (value as unknown);
  }
  return result;
}
