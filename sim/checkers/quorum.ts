import type { Connectivity } from './connectivity.js';
import type { Family } from './family.js';

/**
 * Whether enough of those that vote on a supervisor can be reached for it to have to act. Who was
 * restarted may have forgotten its vote, and does not count.
 */
export function mayAct(family: Family, connectivity: Connectivity): boolean {
  const { votesNeeded = 0, voters = [] } = family.settings?.takeover ?? {};
  const able = voters.filter((voter) => {
    const node = connectivity.indexOf(voter);
    return node !== undefined && connectivity.isConnected(node) && connectivity.lifeOf(node) <= 1;
  });
  return able.length >= votesNeeded;
}
