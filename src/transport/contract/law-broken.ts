/** A transport did what the contract forbids. */
export class LawBroken extends Error {
  override readonly name = 'LawBroken';
}

/** Throws {@link LawBroken} unless `condition` holds; `claim` says what the contract promises. */
export function demand(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new LawBroken(`the contract promises: ${claim}`);
}
