import type { JoinPart } from './join-exchange.js';
import type { Members } from './members.js';
import { readLabels } from './node-label.js';

/** Tells a newcomer what this node is good for; a node without labels says nothing. */
export function labelsPart(
  labels: readonly string[],
  members: Pick<Members, 'labelled'>,
): JoinPart<readonly string[]> {
  return {
    offer: () => (labels.length === 0 ? undefined : labels),
    read: readLabels,
    accept: ({ nodeId }, offered) => members.labelled(nodeId, offered),
  };
}
