import type { NodeId } from '../base/node-id.js';
import type { Address, CloseReason } from '../platform/transport.js';
import type {
  HandshakeMessage,
  IncomingHandshake,
  NodeIdentity,
  RejectReason,
} from './handshake-message.js';
import type { PeerStatus } from './peer-status.js';

/** A link's number on this node: unique for its life, larger for later links. */
export type LinkNumber = number;

export interface MembershipOptions {
  readonly self: NodeIdentity;
  /** Where a node is dialled that is known by its id alone. */
  readonly addressOf: (nodeId: NodeId) => Address;
  readonly heartbeatIntervalMs: number;
  readonly heartbeatMissThreshold: number;
  readonly reconnectBaseDelayMs: number;
  readonly reconnectMaxDelayMs: number;
  /** From the dial, or from the arrival of a link, to the end of its join exchange. */
  readonly handshakeTimeoutMs: number;
}

/** What happens to the members of a cluster, told by whoever owns links and timers. */
export type MembershipEvent =
  | { readonly kind: 'started'; readonly seeds: readonly Address[] }
  | { readonly kind: 'seedAdded'; readonly address: Address }
  /** All that a search finds at present; found before, not now, and never met: forgotten. */
  | { readonly kind: 'seedsFound'; readonly addresses: readonly Address[] }
  /** Nodes that somebody else knows. Those unknown here are dialled. */
  | { readonly kind: 'discovered'; readonly peers: readonly NodeIdentity[] }
  /** A link arrived; `link` comes from `Membership.nextLink()`. */
  | { readonly kind: 'linkAccepted'; readonly link: LinkNumber }
  /** A dialled link opened. An accepted one needs no such event; it is harmless. */
  | { readonly kind: 'linkOpened'; readonly link: LinkNumber }
  | { readonly kind: 'linkClosed'; readonly link: LinkNumber; readonly reason: CloseReason }
  | {
      readonly kind: 'handshakeReceived';
      readonly link: LinkNumber;
      readonly message: IncomingHandshake;
    }
  /** The peer's part of the join exchange came; `peers` is whom it is connected to. */
  | {
      readonly kind: 'syncReceived';
      readonly link: LinkNumber;
      readonly peers: readonly NodeIdentity[];
    }
  | { readonly kind: 'leaveReceived'; readonly link: LinkNumber }
  /** A frame came that breaks the protocol. */
  | { readonly kind: 'violated'; readonly link: LinkNumber; readonly why: string }
  | { readonly kind: 'timerFired'; readonly timer: MembershipTimer }
  /** The local node leaves. Every later event is ignored. */
  | { readonly kind: 'stopped' };

/** What to do, in this order. */
export type MembershipEffect =
  | {
      readonly kind: 'dial';
      readonly link: LinkNumber;
      readonly address: Address;
      /** Whom one hopes to meet there; absent for a seed. */
      readonly nodeId?: NodeId;
      readonly attempt: number;
    }
  | { readonly kind: 'send'; readonly link: LinkNumber; readonly message: HandshakeMessage }
  /** Send this node's part of the join exchange, with `Membership.connectedPeers()` in it. */
  | ({ readonly kind: 'sendSync'; readonly link: LinkNumber } & NodeIdentity)
  /** Apply the sync frame that is being handled. `nodeUp` or `reconciled` follows. */
  | ({ readonly kind: 'applySync'; readonly link: LinkNumber } & NodeIdentity)
  | { readonly kind: 'sendHeartbeat'; readonly link: LinkNumber; readonly nodeId: NodeId }
  | { readonly kind: 'sendLeave'; readonly link: LinkNumber; readonly nodeId: NodeId }
  /** Close it; its later events are ignored. */
  | { readonly kind: 'close'; readonly link: LinkNumber }
  | ({
      readonly kind: 'nodeUp';
      readonly link: LinkNumber;
      /** This very life was up before and had been declared down. */
      readonly returning: boolean;
    } & NodeIdentity)
  | ({ readonly kind: 'nodeDown'; readonly reason: NodeDownReason } & NodeIdentity)
  /** A member without a link, or silent. With `link_closed` frames sent lately may be lost. */
  | ({ readonly kind: 'suspected'; readonly because: 'link_closed' | 'silence' } & NodeIdentity)
  /** A silent member was heard again; its link had been open all the time. */
  | ({ readonly kind: 'trusted' } & NodeIdentity)
  /** A member is back on a new link, and it too held this node for a member all the time. */
  | ({ readonly kind: 'reconciled'; readonly link: LinkNumber } & NodeIdentity)
  | {
      readonly kind: 'statusChanged';
      readonly nodeId: NodeId;
      readonly from: PeerStatus;
      readonly to: PeerStatus;
    }
  /** Set a timer; one that is set under the same key is replaced. */
  | { readonly kind: 'schedule'; readonly timer: MembershipTimer; readonly delayMs: number }
  | { readonly kind: 'cancel'; readonly timer: MembershipTimer }
  /** For the log: a link came to nothing because one side said no. */
  | {
      readonly kind: 'linkRefused';
      readonly link: LinkNumber;
      readonly by: 'here' | 'there';
      readonly reason: RejectReason | 'violated';
      readonly detail: string;
      readonly nodeId?: NodeId;
    };

/**
 * - `connection_refused`: its link closed, and nobody (or another node) answers at its addresses.
 * - `connection_closed`: its link closed, and a later life answered, or the same life answered but
 *   had given this node up.
 * - `heartbeat_timeout`: it was silent for too long, its link open or not.
 * - `graceful_shutdown`: it said that it leaves.
 */
export type NodeDownReason =
  'heartbeat_timeout' | 'connection_closed' | 'connection_refused' | 'graceful_shutdown';

export type MembershipTimer = 'pulse' | `handshake:${LinkNumber}` | `redial:${string}`;
