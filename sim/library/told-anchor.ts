import type { Anchor } from '../plan.js';
import { toldKind } from './invariant.js';

/** On which node, in which life, and at which time of telling. */
export type ToldAnchor = Omit<Anchor, 'event' | 'what' | 'peer'>;

/**
 * Anchors a fault to something that a node tells by `node.observe`: `{ kind: 'crash', node: 1,
 * ...told('accepted', { nth: 3 }) }`. It strikes in the turn after.
 */
export function told(what: string, anchor: ToldAnchor = {}): { readonly after: Anchor } {
  return { after: { event: 'observed', what: toldKind(what), ...anchor } };
}
