import type { MessagePort } from 'node:worker_threads';
import type { RunConfig } from '../run-config.js';
import type { RunResult } from '../run.js';
import type { NodeBoot } from '../turn.js';

/** What a node's thread starts with. */
export interface ThreadData {
  readonly boot: NodeBoot;
  readonly bundle: string;
  readonly port: MessagePort;
  /** Shared: how many turns were asked for, and how many were answered. */
  readonly control: Int32Array;
}

export const ASKED = 0;
export const ANSWERED = 1;
export const CONTROL_WORDS = 2;

/** What the thread of the in-process lane starts with. */
export interface InprocData {
  /** Shared: the turn that runs, and its node. */
  readonly marks: Int32Array;
}

export const MARK_TURN = 0;
export const MARK_NODE = 1;
export const MARK_WORDS = 2;
/** In `MARK_NODE` while no node runs. */
export const NOBODY = -1;

export interface InprocRequest {
  readonly config: RunConfig;
  readonly bundle: string;
  readonly checkers: readonly string[];
}

export type InprocReply =
  | { readonly kind: 'done'; readonly result: RunResult }
  | { readonly kind: 'broken'; readonly error: unknown };
