import type { MessagePort } from 'node:worker_threads';
import type { RunConfig } from '../run-config.js';
import type { KeepObserved } from '../run-follower.js';
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
  /** Shared: the memory of a `TurnPage`. */
  readonly page: SharedArrayBuffer;
}

export const ASKED = 0;
export const ANSWERED = 1;
export const CONTROL_WORDS = 2;

/** What the thread of the in-process lane starts with. */
export interface InprocData {
  /** Shared: the memory of `TurnMarks`. */
  readonly marks: SharedArrayBuffer;
}

export interface InprocRequest {
  readonly config: RunConfig;
  readonly bundle: string;
  readonly checkers: readonly string[];
  readonly keepObserved: KeepObserved;
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
