/**
 * Delta debugging: a part of `items` that still fails, from which no single item can be left out.
 *
 * `items` themselves are taken to fail. Halves go first, then quarters, down to single items, so a
 * thousand items of which two matter take some tens of tries. Calls one after another, in an order
 * that depends on the answers alone.
 */
export async function ddmin<T>(
  items: readonly T[],
  fails: (items: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  if (items.length === 0) return items;
  if (await fails([])) return [];
  let left = items;
  for (let size = Math.ceil(items.length / 2); size > 1; size = Math.ceil(size / 2)) {
    left = await withoutChunks(left, size, fails);
  }
  for (let before = -1; before !== left.length;) {
    before = left.length;
    left = await withoutChunks(left, 1, fails);
  }
  return left;
}

async function withoutChunks<T>(
  items: readonly T[],
  size: number,
  fails: (items: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let left = items;
  for (let at = 0; at < left.length;) {
    const less = [...left.slice(0, at), ...left.slice(at + size)];
    // That nothing at all does not fail is known.
    if (less.length > 0 && (await fails(less))) left = less;
    else at += size;
  }
  return left;
}
