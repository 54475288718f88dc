import { NodeId } from '../base/node-id.js';
import type { Clock } from '../platform/platform.js';
import type { BehaviorMismatch } from './behavior-version.js';
import type { Frame } from './frame.js';
import type { NodeIdentity } from './handshake-message.js';
import type { LinkNumber } from './membership-event.js';
import type { NodeInfo } from './node-info.js';
import type { PeerStatus } from './peer-status.js';

/** A node between its up and its down, as its peer's driver knows it. */
export interface Member extends NodeIdentity {
  link: LinkNumber | undefined;
  readonly joinedMs: number;
  processCount: number;
  lastHeartbeatAt: number;
  suspect: boolean;
  labels: readonly string[];
  /** Messages that its link had no room for. */
  refusedCount: number;
  /** What must reach it and found no link: sent first when it is back, gone when it is lost. */
  kept: Frame[];
}

/** The members of the cluster but this node. */
export class Members {
  readonly #byId = new Map<NodeId, Member>();

  get(nodeId: NodeId): Member | undefined {
    return this.#byId.get(nodeId);
  }

  ids(): NodeId[] {
    return [...this.#byId.keys()];
  }

  /** Notes that frames can be sent to `peer` over `link`, whether it is new or back. */
  join(peer: NodeIdentity, link: LinkNumber, nowMs: number): void {
    const { nodeId, incarnation } = peer;
    const known = this.#byId.get(nodeId);
    if (known?.incarnation === incarnation) {
      Object.assign(known, { link, suspect: false });
      return;
    }
    const nothingYet = { processCount: 0, lastHeartbeatAt: 0, refusedCount: 0 };
    this.#byId.set(nodeId, {
      nodeId,
      incarnation,
      link,
      joinedMs: nowMs,
      suspect: false,
      labels: [],
      kept: [],
      ...nothingYet,
    });
  }

  /** What the node says of itself: how many processes it runs. */
  heard(nodeId: NodeId, processCount: number, wallMs: number): void {
    const member = this.#byId.get(nodeId);
    if (member === undefined) return;
    member.processCount = processCount;
    member.lastHeartbeatAt = wallMs;
  }

  /** What the node says that it is good for. */
  labelled(nodeId: NodeId, labels: readonly string[]): void {
    const member = this.#byId.get(nodeId);
    if (member !== undefined) member.labels = labels;
  }

  /** Notes a doubt about the node. `hasLink` says whether frames can still be sent to it. */
  suspect(nodeId: NodeId, { hasLink }: { hasLink: boolean }): void {
    const member = this.#byId.get(nodeId);
    if (member === undefined) return;
    member.suspect = true;
    if (!hasLink) member.link = undefined;
  }

  trust(nodeId: NodeId): void {
    const member = this.#byId.get(nodeId);
    if (member !== undefined) member.suspect = false;
  }

  remove(nodeId: NodeId): void {
    this.#byId.delete(nodeId);
  }
}

/** What people see of another node; `member` while it is one. */
export function nodeInfo(
  id: NodeId,
  status: PeerStatus,
  member: Member | undefined,
  nowMs: number,
  behaviorMismatches: readonly BehaviorMismatch[] = [],
): NodeInfo {
  const { host, port } = NodeId.components(id);
  const isJoining = status === 'connecting' || status === 'handshaking' || status === 'syncing';
  const otherwise = isJoining ? 'connecting' : 'disconnected';
  return {
    id,
    host,
    port,
    labels: member?.labels ?? [],
    status: member === undefined ? otherwise : 'connected',
    suspect: member?.suspect ?? false,
    processCount: member?.processCount ?? 0,
    lastHeartbeatAt: member?.lastHeartbeatAt ?? 0,
    refusedCount: member?.refusedCount ?? 0,
    behaviorMismatches,
    uptimeMs: member === undefined ? 0 : nowMs - member.joinedMs,
  };
}

/** What people see of the node itself. */
export function localInfo(
  { id, startedMs, labels }: Pick<NodeInfo, 'id' | 'labels'> & { readonly startedMs: number },
  processCount: number,
  clock: Clock,
): NodeInfo {
  const { host, port } = NodeId.components(id);
  const uptimeMs = clock.nowMs() - startedMs;
  const lastHeartbeatAt = clock.wallMs();
  const status = 'connected';
  const own = { id, host, port, labels, status, suspect: false, refusedCount: 0 } as const;
  return { ...own, behaviorMismatches: [], processCount, lastHeartbeatAt, uptimeMs };
}
