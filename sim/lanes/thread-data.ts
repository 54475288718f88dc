import type { MessagePort } from 'node:worker_threads';
import type { RunConfig } from '../run-config.js';
import type { RunResult } from '../run.js';
import type { NodeBoot } from '../turn.js';
import type { Observed } from '../world-report.js';

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
/** Set from outside to have the run end. */
export const MARK_ABORT = 2;
export const MARK_WORDS = 3;
/** In `MARK_NODE` while no node runs. */
export const NOBODY = -1;

export interface InprocRequest {
  readonly config: RunConfig;
  readonly bundle: string;
  readonly checkers: readonly string[];
  /** What to tell while the run goes; `undefined` when nobody follows it. */
  readonly followed: readonly string[] | undefined;
}

export type InprocReply = InprocNews | InprocOutcome;

/** Sent while the run goes. */
export type InprocNews =
  | { readonly kind: 'observed'; readonly observed: Observed }
  | { readonly kind: 'reached'; readonly nowUs: number };

/** Sent once, at the end. */
export type InprocOutcome =
  | { readonly kind: 'done'; readonly result: RunResult }
  | { readonly kind: 'broken'; readonly error: unknown };
