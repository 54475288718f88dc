import { NodeId } from '../base/node-id.js';
import type { DistributedChildSpec } from './distributed-child.js';

/**
 * What a supervisor is asked to do, as it lies in its mailbox. It may come from any node, and so it
 * is plain data, and checked by the supervisor whoever sent it.
 */
export type SupervisorOrder =
  | {
      readonly order: 'startChild';
      /** A spec, or for `simple_one_for_one` the arguments; not checked yet. */
      readonly child: DistributedChildSpec | readonly unknown[];
    }
  | { readonly order: 'terminateChild' | 'restartChild'; readonly childId: string }
  | {
      readonly order: 'rebalance';
      /** As many as it takes when absent. */
      readonly movesMax?: number | undefined;
    }
  /** Moves children away from a node. */
  | { readonly order: 'clear'; readonly nodeId: NodeId };

/** `undefined` when it is no order. */
export function readOrder(message: unknown): SupervisorOrder | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { order, child, childId, movesMax, nodeId } = message as Readonly<Record<string, unknown>>;
  switch (order) {
    case 'startChild':
      if (typeof child !== 'object' || child === null) return undefined;
      return { order, child: child as DistributedChildSpec };
    case 'terminateChild':
    case 'restartChild':
      return typeof childId === 'string' && childId !== '' ? { order, childId } : undefined;
    case 'rebalance':
      if (movesMax === undefined) return { order };
      return isCount(movesMax) ? { order, movesMax } : undefined;
    case 'clear': {
      const node = typeof nodeId === 'string' ? NodeId.tryParse(nodeId) : undefined;
      return node && { order, nodeId: node };
    }
    default:
      return undefined;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
