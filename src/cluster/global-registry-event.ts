import type { NodeId } from '../base/node-id.js';
import type { GenServerRef } from '../otp/behavior.js';
import { checkFunction, checkWord } from '../otp/option.js';

/** What a node tells of the names that it knows. */
export type GlobalRegistryEvent =
  /** The name leads to this process from now on. */
  | { readonly type: 'registered'; readonly name: string; readonly ref: GenServerRef }
  /** It no longer does; another one may follow at once. */
  | { readonly type: 'unregistered'; readonly name: string; readonly ref: GenServerRef }
  /**
   * Two claims met on this node, which knows whose name it is. Every node that meets both tells it,
   * with the same winner, and before it tells of the change.
   */
  | {
      readonly type: 'conflictResolved';
      readonly name: string;
      readonly winner: GenServerRef;
      readonly loser: GenServerRef;
    }
  /** All names of a node are known here: it joined, or is back. It counts as up right after. */
  | { readonly type: 'synced'; readonly nodeId: NodeId; readonly count: number };

/** How each event is told to who asked for it alone. */
export interface GlobalRegistryListeners {
  /** A name has an owner. */
  registered: (name: string, ref: GenServerRef) => void;
  /** It has none any more: it was given up, or its process or node is gone. */
  unregistered: (name: string, ref: GenServerRef) => void;
  /** Two had it, and every node has picked the same one. */
  conflictResolved: (name: string, winner: GenServerRef, loser: GenServerRef) => void;
  /** The list of a node that has joined is known here; `count` names of it. */
  synced: (nodeId: NodeId, count: number) => void;
}

/** Told every event in the order in which they happen on this node. */
export type GlobalRegistryHandler = (event: GlobalRegistryEvent) => void;

/** A handler of all events that passes on those of one type. */
export function handlerOf<Type extends keyof GlobalRegistryListeners>(
  type: Type,
  listener: GlobalRegistryListeners[Type],
): GlobalRegistryHandler {
  checkWord('the event', TYPES, type);
  checkFunction('the listener', listener);
  const listeners: Partial<GlobalRegistryListeners> = { [type]: listener };
  return (event) => {
    switch (event.type) {
      case 'registered':
      case 'unregistered':
        return listeners[event.type]?.(event.name, event.ref);
      case 'conflictResolved':
        return listeners.conflictResolved?.(event.name, event.winner, event.loser);
      case 'synced':
        return listeners.synced?.(event.nodeId, event.count);
    }
  };
}

const TYPES = ['registered', 'unregistered', 'conflictResolved', 'synced'] as const;
