/** What faults do at a time. */
export type FaultEvent =
  | { readonly kind: 'strike'; readonly id: string }
  /** A fault that lasts is over. */
  | { readonly kind: 'end'; readonly id: string }
  /** A flapping link turns. */
  | { readonly kind: 'turn'; readonly id: string }
  /** A node that a fault ended starts again, unless it has done so since. */
  | {
      readonly kind: 'return';
      readonly id: string;
      readonly node: number;
      readonly life: number;
    }
  /** All faults are over. */
  | { readonly kind: 'heal' };
