import type { Passage } from '../fault.js';

/** Whom a fault is about, by indexes of nodes; everybody where nobody is named. */
export interface Ends {
  readonly from?: readonly number[] | undefined;
  readonly to?: readonly number[] | undefined;
}

export function isBetween({ from, to }: Ends, passage: Passage): boolean {
  return (from?.includes(passage.from) ?? true) && (to?.includes(passage.to) ?? true);
}
