import { describe } from '../base/errors.js';
import { NodeId } from '../base/node-id.js';
import type { NodeInfo } from '../cluster/node-info.js';
import { isLabel } from '../cluster/node-label.js';
import { InvalidOptionError } from '../otp/option.js';

/** The ways of choosing a node that come with faultline. */
export type NodeSelectorType = 'local_first' | 'round_robin' | 'least_loaded' | 'random';

/**
 * Chooses one of `nodes`: the local one and every connected one, ordered by id. What it throws, or
 * an id that is not among them, means that no node will do.
 */
export type NodeSelectorFn = (nodes: readonly NodeInfo[], childId: string) => NodeId;

/** One of the nodes with a label, in turn or as preferred; the child waits for such a node. */
export interface LabelSelector {
  readonly label: string;
  /** `round_robin` by default, with a turn of its own for each label. */
  readonly prefer?: NodeSelectorType;
}

/** What is registered under this name on whichever node has the supervisor. */
export interface NamedSelector {
  readonly selector: string;
}

/** Where a child may run. `{ node }` pins it: it waits for that node rather than go elsewhere. */
export type NodeSelector =
  NodeSelectorType | { readonly node: NodeId } | LabelSelector | NamedSelector | NodeSelectorFn;

export const NODE_SELECTORS = [
  'local_first',
  'round_robin',
  'least_loaded',
  'random',
] as const satisfies readonly NodeSelectorType[];

/** Throws InvalidOptionError unless `value` is a selector. */
export function checkSelector(option: string, value: unknown): NodeSelector {
  if (typeof value === 'function') return value as NodeSelectorFn;
  if (isBuiltIn(value)) return value;
  const selector = readSelector(value);
  if (selector !== undefined) return selector;
  throw new InvalidOptionError(
    option,
    `one of ${NODE_SELECTORS.join(', ')}, { node: 'name@host:port' }, { label, prefer? }, ` +
      '{ selector: a registered name } or a function',
    value,
  );
}

/** The selector as a short text, for errors and traces. */
export function selectorText(selector: NodeSelector): string {
  if (typeof selector === 'string') return selector;
  if (typeof selector === 'function') return describe(selector);
  if ('node' in selector) return `{ node: ${selector.node} }`;
  if ('selector' in selector) return `{ selector: ${selector.selector} }`;
  const { label, prefer } = selector;
  return prefer === undefined ? `{ label: ${label} }` : `{ label: ${label}, prefer: ${prefer} }`;
}

function isBuiltIn(value: unknown): value is NodeSelectorType {
  return NODE_SELECTORS.includes(value as NodeSelectorType);
}

/** One of the forms that are objects, which may not be mixed. */
function readSelector(value: unknown): NodeSelector | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { node, label, prefer, selector } = value as Readonly<Record<string, unknown>>;
  if ([node, label, selector].filter((part) => part !== undefined).length !== 1) return undefined;
  if (isLabel(label)) {
    if (prefer === undefined) return { label };
    return isBuiltIn(prefer) ? { label, prefer } : undefined;
  }
  if (prefer !== undefined) return undefined;
  if (typeof selector === 'string') return selector === '' ? undefined : { selector };
  const pinned = typeof node === 'string' ? NodeId.tryParse(node) : undefined;
  return pinned && { node: pinned };
}
