/** What in a value can be neither sent nor stored. */
export interface Uncarried {
  /** Where it is, such as `options.after`; empty for the value itself. */
  readonly path: string;
  readonly expected: string;
  readonly got: unknown;
}

/** `undefined` for a value that consists of what JSON carries, binary data and dates. */
export function findUncarried(value: unknown): Uncarried | undefined {
  return uncarriedAt(value, [], new Set());
}

function uncarriedAt(
  value: unknown,
  path: readonly string[],
  above: Set<object>,
): Uncarried | undefined {
  const refused = (expected: string, got: unknown): Uncarried => {
    return { path: path.join('.'), expected, got };
  };
  if (['bigint', 'symbol', 'function'].includes(typeof value)) {
    return refused('something that JSON carries', value);
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return undefined;
  if (above.has(value)) return refused('something that does not hold itself', Object.keys(value));
  if (above.size === DEPTH_MAX) return refused(`at most ${DEPTH_MAX} levels deep`, 'more');
  above.add(value);
  for (const [key, each] of Object.entries(value)) {
    const found = uncarriedAt(each, [...path, key], above);
    if (found !== undefined) return found;
  }
  above.delete(value);
  return undefined;
}

// Far more than tasks have, far less than the stack of whatever packs them.
const DEPTH_MAX = 200;
