import { type Channel, channel } from 'node:diagnostics_channel';
import type { NodeId } from '../base/node-id.js';
import type { ExitReason } from './exit-reason.js';

/**
 * What tracers may subscribe to, by `node:diagnostics_channel`. A message is built and published
 * only while its channel has a subscriber. Subscribers are called at once, in the turn of what they
 * hear of; what they throw is thrown again, outside of it, by Node.
 */
export const DIAGNOSTICS = {
  /** A {@link ProcessStartMessage} when `init` is done. */
  processStart: channel('faultline:process:start'),
  /** A {@link ProcessExitMessage}; not of a process whose `init` failed. */
  processExit: channel('faultline:process:exit'),
  /** A {@link CallMessage} when a call is made, and one when it has ended. */
  call: channel('faultline:call'),
  /** A {@link RestartMessage} when a supervisor has restarted a child. */
  supervisorRestart: channel('faultline:supervisor:restart'),
} as const satisfies Readonly<Record<string, Channel>>;

/** Told before `start` resolves, and before any lifecycle handler hears of it. */
export interface ProcessStartMessage {
  readonly nodeId: NodeId | undefined;
  readonly id: string;
  readonly label: string;
  readonly parent: string | undefined;
}

/** Told before links, monitors and lifecycle handlers hear of it. */
export interface ProcessExitMessage {
  readonly nodeId: NodeId | undefined;
  readonly id: string;
  readonly label: string;
  readonly reason: ExitReason;
}

/** Two for each call, unless the channel got its subscriber in between. */
export type CallMessage = CallStartMessage | CallEndMessage;

/** Told before the message is sent; a call with bad arguments is never made. */
export interface CallStartMessage {
  readonly phase: 'start';
  readonly nodeId: NodeId | undefined;
  /** Pairs start and end; counts up on the node that calls. */
  readonly callId: number;
  /** The id of the process that is called. */
  readonly to: string;
}

/** Told exactly once for a call, before its promise settles. */
export interface CallEndMessage {
  readonly phase: 'end';
  readonly nodeId: NodeId | undefined;
  readonly callId: number;
  readonly to: string;
  readonly outcome: CallOutcome;
  /** From the making of the call; `undefined` when nobody listened then. */
  readonly durationMs: number | undefined;
}

/** How a call ended; `error` is every failure that has no word of its own. */
export type CallOutcome = 'reply' | 'timeout' | 'noproc' | 'nodedown' | 'error' | 'aborted';

/** Told when the new process runs; failed attempts to restart are not told. */
export interface RestartMessage {
  readonly nodeId: NodeId | undefined;
  readonly supervisorId: string;
  readonly childId: string;
  /** The process that runs now. */
  readonly id: string;
  /** How many times the child was restarted by now. */
  readonly restartCount: number;
}
