import type { NodeIdentity } from '../../src/cluster/handshake-message.js';
import { MemberListeners as Original } from '../../src/cluster/member-listeners.js';
import type { NodeDownReason } from '../../src/cluster/membership-event.js';

export * from '../../src/cluster/member-listeners.js';

/** A node whose link closed is expected back at its address: that it died is told to nobody. */
export class MemberListeners extends Original {
  override down(peer: NodeIdentity, reason: NodeDownReason): void {
    if (reason === 'connection_closed' || reason === 'connection_refused') return;
    super.down(peer, reason);
  }
}
