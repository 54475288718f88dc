import type { NodeId } from '../base/node-id.js';
import type { BehaviorMismatch } from './behavior-version.js';

/** A node as another one sees it. */
export interface NodeInfo {
  readonly id: NodeId;
  readonly host: string;
  readonly port: number;
  /** What it is good for, as it said when it joined; in the order it was given. */
  readonly labels: readonly string[];
  readonly status: 'connecting' | 'connected' | 'disconnected';
  /** Connected, but its link is gone or it has been silent; it may turn out to be lost. */
  readonly suspect: boolean;
  /** How many processes it runs, by its last heartbeat; of the local node, by now. */
  readonly processCount: number;
  /** Wall-clock milliseconds of its last heartbeat; 0 before the first. */
  readonly lastHeartbeatAt: number;
  /** Calls and casts to it that were refused, because its link had no room for them. */
  readonly refusedCount: number;
  /** What both nodes registered, in different versions, by name: it is reported, and no more. */
  readonly behaviorMismatches: readonly BehaviorMismatch[];
  /** Milliseconds since it joined, as this node counts them. */
  readonly uptimeMs: number;
}
