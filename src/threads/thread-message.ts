import type { MessagePort } from 'node:worker_threads';
import type { NodeId } from '../base/node-id.js';
import type { ClusterOptions } from '../cluster/cluster-config.js';
import type { ThreadFailure } from '../offload/thread-task.js';
import type { Address } from '../platform/transport.js';

/** What a thread is started with. */
export interface ThreadPlan {
  /** What it imports; a program that was compiled with its module has it already. */
  readonly module: string;
  /** Its part in the cluster; its port is that of `listen`, or none of the network. */
  readonly cluster: Omit<ClusterOptions, 'transport'>;
  /** Whether it listens on the network too. */
  readonly listens: boolean;
  readonly host: NodeId;
  readonly args: unknown;
}

/** What the host says to a thread. */
export type ToThread =
  | { readonly kind: 'port'; readonly address: Address; readonly port: MessagePort }
  /** All whom it may know now have been introduced. */
  | { readonly kind: 'join' }
  | { readonly kind: 'stop' };

/** What a host says to a thread over their link in the cluster: the same as `stop`. */
export const STOP_TOPIC = 'thread.stop';

/** What a thread says to its host. */
export type FromThread =
  /** It has its name; nobody can reach it yet. */
  | { readonly kind: 'bound'; readonly nodeId: NodeId }
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'failed';
      readonly stage: 'module' | 'join' | 'setup';
      readonly error: ThreadFailure;
    };
