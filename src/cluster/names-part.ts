import type { GlobalRegistryNode } from './global-registry.js';
import type { JoinPart } from './join-exchange.js';
import { readNamesList } from './names-message.js';
import type { NamesList } from './own-names.js';

/** Tells a newcomer every name of this node's processes. */
export function namesPart(
  registry: Pick<GlobalRegistryNode, 'ownList' | 'applyList'>,
): JoinPart<NamesList> {
  return {
    offer: () => registry.ownList(),
    read: readNamesList,
    accept: (peer, list) => registry.applyList(peer, list),
  };
}
