import type { MessagePort } from 'node:worker_threads';
import type { NodeId } from '../../src/base/node-id.js';

/** What a far side is told: in a thread with its data, in a process as an argument. */
export interface FarSidePlan {
  readonly way: 'bare' | 'node';
  /** Without a port it listens on TCP. */
  readonly port?: MessagePort;
  readonly heartbeatIntervalMs?: number;
}

/** What it says once it is there: where to dial a bare one, or the server of a node. */
export interface FarSide {
  readonly address: string;
  readonly server?: { readonly id: string; readonly nodeId: NodeId };
}

/** The address of a far side in a thread; the near one is `127.0.0.1:1`. */
export const FAR_ADDRESS = '127.0.0.1:2';
export const NEAR_ADDRESS = '127.0.0.1:1';
/** Room for the largest message of the suites. */
export const FRAME_BYTES_MAX = 80 * 2 ** 20;
