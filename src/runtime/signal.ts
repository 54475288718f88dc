import type { Address } from './address.js';
import type { ExitReason } from './exit-reason.js';

/** Who waits for an answer. It is told exactly once; what comes later is dropped and counted. */
export interface ReplyTo {
  /** True once answered, timed out or aborted: a call in this state is not run any more. */
  readonly settled: boolean;
  /** Called once when it is settled, by whoever carries the request to another node. */
  onSettled?: (() => void) | undefined;
  reply(value: unknown): void;
  fail(error: unknown): void;
}

export interface CallSignal {
  readonly kind: 'call';
  readonly message: unknown;
  readonly from: ReplyTo;
  /** What is left of the caller's patience; `Infinity` when it waits for ever. */
  readonly timeoutMs: number;
  /** The processes whose calls led to this one, oldest first. */
  readonly chain?: readonly string[] | undefined;
}

export interface CastSignal {
  readonly kind: 'cast';
  readonly message: unknown;
}

/** Something that is neither call nor cast: a timer of `sendAfter`, or a message of the runtime. */
export interface InfoSignal {
  readonly kind: 'info';
  readonly message: unknown;
}

/** A request to end, taken in its turn like any message. */
export interface StopSignal {
  readonly kind: 'stop';
  readonly reason: ExitReason;
  readonly from?: ReplyTo | undefined;
}

/** An exit that crosses a link, or is sent on purpose. Untrapped it ends the receiver at once. */
export interface ExitSignal {
  readonly kind: 'exit';
  readonly from: Address;
  readonly reason: ExitReason;
  /** Came over a link: the link is gone, and `normal` is ignored unless trapped. */
  readonly linked: boolean;
}

/** Ends the receiver now, whatever it does; `terminate` is not run. */
export interface KillSignal {
  readonly kind: 'kill';
}

export interface LinkSignal {
  readonly kind: 'link' | 'unlink';
  readonly from: Address;
}

export interface MonitorSignal {
  readonly kind: 'monitor' | 'demonitor';
  readonly monitorId: string;
  readonly from: Address;
}

/** A watched process ended: told exactly once for each monitor. */
export interface DownSignal {
  readonly kind: 'down';
  readonly monitorId: string;
  readonly target: Address;
  readonly reason: ExitReason;
}

/** Everything that may be sent to a process. */
export type Signal =
  | CallSignal
  | CastSignal
  | InfoSignal
  | StopSignal
  | ExitSignal
  | KillSignal
  | LinkSignal
  | MonitorSignal
  | DownSignal;

/** What waits in a mailbox for its turn. */
export type Mail = CallSignal | CastSignal | InfoSignal | StopSignal | ExitSignal | DownSignal;
