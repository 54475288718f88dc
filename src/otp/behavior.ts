import { FaultlineError, describe } from '../base/errors.js';
import type { NodeId } from '../base/node-id.js';
import type { ExitReason, ProcessDownReason, TerminateReason } from '../runtime/exit-reason.js';
import type { Address } from '../runtime/address.js';
import type { Context } from './context.js';
import type { ReplyOf } from './request.js';

declare const carried: unique symbol;

/**
 * The address of a `GenServer`: plain data that may be stored, compared by `id`, and sent to other
 * nodes. Its type parameters exist for the compiler only.
 */
export interface GenServerRef<
  State = unknown,
  CallMsg = unknown,
  CastMsg = unknown,
  CallReply = ReplyOf<CallMsg>,
> {
  /** Unique in the cluster, and the same in every run that starts the same things. */
  readonly id: string;
  /** The node it runs on; without it, the node that holds the ref. */
  readonly nodeId?: NodeId;
  /** Never there at run time. */
  readonly [carried]?: [State, CallMsg, CastMsg, CallReply];
}

/**
 * What a server does. Every handler may be asynchronous; the next message waits until it is done.
 * A handler that throws or rejects ends the server: its supervisor decides what comes next.
 */
export interface GenServerBehavior<
  State = unknown,
  CallMsg = unknown,
  CastMsg = unknown,
  CallReply = ReplyOf<CallMsg>,
> {
  /** Makes the first state. `args` are those of a supervisor's child spec or of a remote spawn. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the arguments are the caller's
  init(...args: any[]): State | Promise<State>;
  /**
   * Answers a call: the reply and the next state. Give `replyError` to refuse and live on, or
   * `noReply` to answer `context.from` later, by `GenServer.reply`.
   */
  handleCall(
    message: CallMsg,
    state: State,
    context: Context,
  ): CallResult<CallReply, State> | Promise<CallResult<CallReply, State>>;
  /** Takes a cast: the next state. */
  handleCast(message: CastMsg, state: State, context: Context): State | Promise<State>;
  /**
   * Takes what is neither: DOWNs of monitors, EXITs when trapped, the loss of a global name, timers
   * of `sendAfter`.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- an Info, or what was sent
  handleInfo?(info: any, state: State, context: Context): State | Promise<State>;
  /**
   * Cleans up. Not called when the server is killed, when an exit ends it that it does not trap,
   * or when `init` failed. Errors in it are logged and do not stop the end.
   */
  terminate?(reason: TerminateReason, state: State, context: Context): void | Promise<void>;
}

/** A reply, or what stands in its place, and the next state. */
export type CallResult<CallReply, State> = readonly [CallReply | ReplyError | NoReply, State];

/** A behaviour whatever its messages are. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- accepts every instantiation
export type AnyBehavior = GenServerBehavior<any, any, any, any>;

/** What {@link GenServerBehavior.handleInfo} may be given; `unknown` is a `sendAfter` message. */
export type Info = DownInfo | ExitInfo | NameLostInfo;

/** A watched process ended. Told exactly once for each monitor. */
export interface DownInfo {
  readonly type: 'DOWN';
  readonly monitorId: string;
  readonly ref: Address;
  readonly reason: ProcessDownReason;
}

/** A linked process ended, and this one traps exits. */
export interface ExitInfo {
  readonly type: 'EXIT';
  readonly from: Address;
  readonly reason: ExitReason;
}

/** A name in the GlobalRegistry is no longer this process's: another one has the better claim. */
export interface NameLostInfo {
  readonly type: 'NAME_LOST';
  readonly name: string;
  readonly winner: Address;
}

/** A reply that rejects the caller's promise and leaves the server alive. */
export class ReplyError {
  constructor(readonly error: Error) {}
}

/** Stands in place of a reply that comes later, by `GenServer.reply`, or never. */
export class NoReply {
  readonly kind = 'noReply';
}

/** The one {@link NoReply}. */
export const NO_REPLY = new NoReply();

/** A behaviour that lacks a handler, or has something else in its place. */
export class InvalidBehaviorError extends FaultlineError {
  static readonly code = 'ERR_INVALID_BEHAVIOR';
  override readonly name = 'InvalidBehaviorError';
  readonly code = InvalidBehaviorError.code;
}

/** A handler gave back something that is not what its contract says. */
export class InvalidReturnError extends FaultlineError {
  static readonly code = 'ERR_INVALID_RETURN';
  override readonly name = 'InvalidReturnError';
  readonly code = InvalidReturnError.code;
}

/** Throws {@link InvalidBehaviorError} unless `value` has the handlers of a behaviour. */
export function checkBehavior(value: unknown): asserts value is AnyBehavior {
  if (typeof value !== 'object' || value === null) {
    throw new InvalidBehaviorError(
      `Expected a behavior with init, handleCall and handleCast, got ${describe(value)}`,
    );
  }
  const handlers = value as Readonly<Record<string, unknown>>;
  for (const name of REQUIRED) {
    if (typeof handlers[name] === 'function') continue;
    throw new InvalidBehaviorError(
      `Expected the behavior to have a function ${name}, got ${describe(handlers[name])}`,
    );
  }
  for (const name of OPTIONAL) {
    const handler = handlers[name];
    if (handler === undefined || typeof handler === 'function') continue;
    throw new InvalidBehaviorError(
      `Expected ${name} of the behavior to be a function or absent, got ${describe(handler)}`,
    );
  }
}

const REQUIRED = ['init', 'handleCall', 'handleCast'] as const;
const OPTIONAL = ['handleInfo', 'terminate'] as const;
