import { FaultlineError, toError } from '../base/errors.js';
import type { DeadlineLink, Expiring } from '../platform/deadline.js';
import type { Address } from '../runtime/address.js';
import {
  CallTimeoutError,
  LinkFullError,
  MailboxFullError,
  NodeNotReachableError,
  ServerNotRunningError,
} from '../runtime/call-error.js';
import { type CallMessage, type CallOutcome, DIAGNOSTICS } from '../runtime/diagnostics.js';
import type { Delivery } from '../runtime/router.js';
import type { Runtime } from '../runtime/runtime.js';
import type { CallSignal, ReplyTo } from '../runtime/signal.js';
import { checkDurationMs, checkRef, checkSignal } from './option.js';

/** The processes of a chain of calls wait for each other: the last would never be answered. */
export class CallCycleError extends FaultlineError {
  static readonly code = 'ERR_CALL_CYCLE';
  override readonly name = 'CallCycleError';
  readonly code = CallCycleError.code;

  constructor(readonly chain: readonly string[]) {
    super(
      `A cycle of calls would wait for ever: ${chain.join(' calls ')}; use cast for one of them`,
    );
  }
}

/** How long a caller waits, and what else may end its wait. Ending it does not stop the server. */
export interface CallOptions {
  /** Milliseconds; 5000 by default, `Infinity` to wait for ever. */
  readonly timeout?: number;
  /** Aborting it rejects the call with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Sends `message` to `to` and waits for its reply.
 *
 * Ends exactly once: with the reply, or rejected because of a timeout, because nobody runs there,
 * because the server failed, or because its node was lost. After a timeout the server may still
 * take the message unless it was waiting in the mailbox; a late reply is dropped.
 */
export function call(
  runtime: Runtime,
  to: Address,
  message: unknown,
  options: CallOptions = NO_OPTIONS,
  chain?: readonly string[],
): Promise<unknown> {
  const timeoutMs = options.timeout ?? DEFAULT_CALL_TIMEOUT_MS;
  try {
    if (timeoutMs !== DEFAULT_CALL_TIMEOUT_MS) checkDurationMs('timeout', timeoutMs);
    if (typeof (to as Address | undefined)?.id !== 'string') checkRef(to);
    if (options.signal !== undefined) checkSignal(options.signal);
  } catch (invalid) {
    return Promise.reject(toError(invalid));
  }
  if (chain?.includes(to.id) === true) {
    return Promise.reject(new CallCycleError([...chain, to.id]));
  }
  const pending = new PendingCall(runtime, to, message, timeoutMs, chain);
  if (options.signal === undefined || pending.listenTo(options.signal)) pending.send();
  return pending.promise;
}

/** A call that waits for its end: the signal that is sent, and the one who is answered. */
class PendingCall implements CallSignal, ReplyTo, Expiring {
  readonly kind = 'call';
  readonly from: ReplyTo = this;
  settled = false;
  onSettled: (() => void) | undefined;
  deadline: DeadlineLink | undefined;
  readonly promise: Promise<unknown>;
  #resolve!: (value: unknown) => void;
  #reject!: (error: unknown) => void;
  #unlisten: (() => void) | undefined;
  readonly #callId: number;
  /** Kept only while somebody listens. */
  #madeAtMs: number | undefined;

  constructor(
    private readonly runtime: Runtime,
    private readonly to: Address,
    readonly message: unknown,
    readonly timeoutMs: number,
    readonly chain: readonly string[] | undefined,
  ) {
    this.#callId = runtime.nextCallId();
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    runtime.probe?.({ kind: 'call', callId: this.#callId, to });
    if (DIAGNOSTICS.call.hasSubscribers) this.#publishStart();
  }

  /** Sends it; what keeps it from being sent is its outcome. */
  send(): void {
    const { runtime, to } = this;
    try {
      const delivery = runtime.router.send(to, this);
      if (delivery !== 'sent') this.fail(refusal(runtime, to, delivery));
      // After the message, so that a reply that comes in the same drain of the run queue spares
      // the clock. It may have failed within `send`, too.
      else if (!this.settled) runtime.deadlines.set(this, this.timeoutMs);
    } catch (error) {
      if (!this.settled) this.fail(error);
    }
  }

  reply(value: unknown): void {
    if (this.#settle('reply')) this.#resolve(value);
  }

  fail(error: unknown): void {
    if (this.#settle(outcomeOf(error))) this.#reject(error);
  }

  expire(): void {
    this.fail(new CallTimeoutError(this.to.id, this.timeoutMs));
  }

  /** False when the signal was aborted before the call was made. */
  listenTo(signal: AbortSignal): boolean {
    if (signal.aborted) {
      this.#abort(signal);
      return false;
    }
    const onAbort = (): void => this.#abort(signal);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#unlisten = () => signal.removeEventListener('abort', onAbort);
    return true;
  }

  #abort(signal: AbortSignal): void {
    if (this.#settle('aborted')) this.#reject(signal.reason);
  }

  #settle(outcome: CallOutcome): boolean {
    const runtime = this.runtime;
    if (this.settled) {
      runtime.lateReplyCount += 1;
      runtime.probe?.({ kind: 'late_reply', callId: this.#callId });
      return false;
    }
    this.settled = true;
    if (this.deadline !== undefined) runtime.deadlines.clear(this);
    this.#unlisten?.();
    this.onSettled?.();
    runtime.probe?.({ kind: 'call_ended', callId: this.#callId, outcome });
    if (DIAGNOSTICS.call.hasSubscribers) this.#publishEnd(outcome);
    return true;
  }

  #publishStart(): void {
    const { runtime, to } = this;
    this.#madeAtMs = runtime.platform.clock.nowMs();
    const { nodeId } = runtime;
    const message: CallMessage = { phase: 'start', nodeId, callId: this.#callId, to: to.id };
    DIAGNOSTICS.call.publish(message);
  }

  #publishEnd(outcome: CallOutcome): void {
    const { runtime, to } = this;
    const madeAtMs = this.#madeAtMs;
    const message: CallMessage = {
      phase: 'end',
      nodeId: runtime.nodeId,
      callId: this.#callId,
      to: to.id,
      outcome,
      durationMs: madeAtMs === undefined ? undefined : runtime.platform.clock.nowMs() - madeAtMs,
    };
    DIAGNOSTICS.call.publish(message);
  }
}

function refusal(runtime: Runtime, to: Address, delivery: Exclude<Delivery, 'sent'>): Error {
  if (to.nodeId === undefined || runtime.isLocal(to)) {
    return delivery === 'full' ? new MailboxFullError() : new ServerNotRunningError(to.id);
  }
  return delivery === 'full' ? new LinkFullError(to.nodeId) : new NodeNotReachableError(to.nodeId);
}

function outcomeOf(error: unknown): CallOutcome {
  if (error instanceof CallTimeoutError) return 'timeout';
  if (error instanceof ServerNotRunningError) return 'noproc';
  if (error instanceof NodeNotReachableError) return 'nodedown';
  return 'error';
}

export const DEFAULT_CALL_TIMEOUT_MS = 5000;
const NO_OPTIONS: CallOptions = {};
