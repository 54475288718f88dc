import type { Runtime } from '../runtime/runtime.js';
import type { JoinPart } from './join-exchange.js';
import type { Members } from './members.js';

/** Tells a newcomer how busy this node is: nobody is taken for idle until its first heartbeat. */
export function loadPart(
  { processes, platform }: Runtime,
  members: Pick<Members, 'heard'>,
): JoinPart<number> {
  return {
    offer: () => processes.size,
    read: (offered) => (Number.isSafeInteger(offered) ? (offered as number) : undefined),
    accept: ({ nodeId }, count) => members.heard(nodeId, count, platform.clock.wallMs()),
  };
}
