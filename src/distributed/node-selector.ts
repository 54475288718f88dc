import { describe } from '../base/errors.js';
import { NodeId } from '../base/node-id.js';
import type { NodeInfo } from '../cluster/node-info.js';
import { InvalidOptionError } from '../otp/option.js';

/** The ways of choosing a node that come with faultline. */
export type NodeSelectorType = 'local_first' | 'round_robin' | 'least_loaded' | 'random';

/**
 * Chooses one of `nodes`: the local one and every connected one, ordered by id. What it throws, or
 * an id that is not among them, means that no node will do.
 */
export type NodeSelectorFn = (nodes: readonly NodeInfo[], childId: string) => NodeId;

/** Where a child may run. `{ node }` pins it: it waits for that node rather than go elsewhere. */
export type NodeSelector = NodeSelectorType | { readonly node: NodeId } | NodeSelectorFn;

export const NODE_SELECTORS = [
  'local_first',
  'round_robin',
  'least_loaded',
  'random',
] as const satisfies readonly NodeSelectorType[];

/** Throws InvalidOptionError unless `value` is a selector. */
export function checkSelector(option: string, value: unknown): NodeSelector {
  if (typeof value === 'function') return value as NodeSelectorFn;
  if (NODE_SELECTORS.includes(value as NodeSelectorType)) return value as NodeSelectorType;
  const pinned = (value as { node?: unknown } | null | undefined)?.node;
  const node = typeof pinned === 'string' ? NodeId.tryParse(pinned) : undefined;
  if (node !== undefined) return { node };
  throw new InvalidOptionError(
    option,
    `one of ${NODE_SELECTORS.join(', ')}, { node: 'name@host:port' } or a function`,
    value,
  );
}

/** The selector as a short text, for errors and traces. */
export function selectorText(selector: NodeSelector): string {
  if (typeof selector === 'string') return selector;
  return typeof selector === 'function' ? describe(selector) : `{ node: ${selector.node} }`;
}
