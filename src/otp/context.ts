import { ProcessKilledError } from '../runtime/exit-reason.js';
import { LeaseLostError } from '../runtime/gate.js';
import type { Address } from '../runtime/address.js';
import type { Process } from '../runtime/process.js';
import type { Runtime } from '../runtime/runtime.js';
import type { CallSignal, ReplyTo } from '../runtime/signal.js';
import type { GenServerRef } from './behavior.js';
import { type CallOptions, call } from './call.js';
import { cast } from './cast.js';
import { From } from './from.js';
import { type DemonitorOptions, type MonitorRef, demonitor, monitorFrom } from './monitor.js';
import { checkRef, checkWord } from './option.js';
import type { Asked, ReplyAmong, Unnamed, Untyped, unnamed } from './request.js';
import { type TimerRef, sendAfter } from './send-after.js';

/**
 * What a process may do, given to each of its handlers. It stays right after an `await`, where no
 * "current process" could be known; once the process is over it refuses everything, and while a
 * child with exclusive placement has no lease it refuses with LeaseLostError whatever sends.
 */
export class Context {
  readonly #runtime: Runtime;
  readonly #process: Process;
  readonly #cause: CallSignal | undefined;
  #self: GenServerRef | undefined;
  #from: { readonly caller: ReplyTo; readonly token: From } | undefined;

  /** `cause` is the call at hand, where other processes wait for its answer. */
  constructor(runtime: Runtime, process: Process, cause?: CallSignal) {
    this.#runtime = runtime;
    this.#process = process;
    this.#cause = cause;
  }

  /** The ref of this process, good to be sent to other nodes. */
  get self(): GenServerRef {
    if (this.#self?.nodeId !== this.#runtime.nodeId || this.#self === undefined) {
      this.#self = this.#runtime.addressOf(this.#process.id);
    }
    return this.#self;
  }

  /**
   * Who waits for the call at hand, for `GenServer.reply`; `undefined` while no call is handled.
   * Read it within `handleCall`, before that is done: work that goes on longer finds the next call
   * here.
   */
  get from(): From | undefined {
    const caller = this.#process.caller;
    if (caller === undefined) return undefined;
    if (this.#from?.caller !== caller) {
      this.#from = { caller, token: new From(this.#runtime, this.#process, caller) };
    }
    return this.#from.token;
  }

  /** As `GenServer.call`, in all its forms. A cycle of calls through contexts fails at once. */
  call<State, CallMsg, CastMsg, CallReply>(
    ref: GenServerRef<State, CallMsg, CastMsg, CallReply>,
    message: Unnamed<CallMsg>,
    options?: CallOptions,
  ): Promise<CallReply>;
  call<State, CallMsg, CastMsg, CallReply, const Message extends Asked<CallMsg> = Asked<CallMsg>>(
    ref: GenServerRef<State, CallMsg, CastMsg, CallReply>,
    message: Message,
    options?: CallOptions,
  ): Promise<ReplyAmong<CallMsg, Message>>;
  call<Reply = typeof unnamed>(
    ref: Address,
    message: Untyped<Reply>,
    options?: CallOptions,
  ): Promise<Reply>;
  call(ref: Address, message: unknown, options?: CallOptions): Promise<unknown> {
    const refusal = this.#refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    const cause = this.#cause;
    // Once the call at hand is answered nobody waits for this process any more.
    const waiting = cause === undefined || cause.from.settled ? undefined : cause.chain;
    const chain = waiting === undefined ? [this.#process.id] : [...waiting, this.#process.id];
    return call(this.#runtime, ref, message, options, chain);
  }

  /** As `GenServer.cast`. */
  cast(ref: Address, message: unknown): void {
    this.#check();
    cast(this.#runtime, ref, message);
  }

  /** Sends `message` to `ref` (this process by default) after `delayMs`. */
  sendAfter(message: unknown, delayMs: number, ref: Address = this.self): TimerRef {
    this.#check();
    return sendAfter(this.#runtime, ref, message, delayMs, this.#process);
  }

  /** Watches `ref`: `handleInfo` gets exactly one DOWN. */
  monitor(ref: Address): MonitorRef {
    this.#check();
    return monitorFrom(this.#runtime, this.#process, ref);
  }

  /** As `GenServer.demonitor`. */
  demonitor(monitor: MonitorRef, options?: DemonitorOptions): boolean {
    this.#check();
    return demonitor(this.#runtime, monitor, options);
  }

  /** Shares fate with `ref`: the abnormal end of one ends the other, unless it traps exits. */
  link(ref: Address): void {
    this.#check();
    checkRef(ref);
    this.#runtime.link(this.#process.id, ref);
  }

  /** Unties it from `ref`. An EXIT that was told before may still wait in the mailbox. */
  unlink(ref: Address): void {
    this.#check();
    checkRef(ref);
    this.#runtime.unlink(this.#process.id, ref);
  }

  /** Ends this process in good order once the messages that wait before this one are done. */
  stop(reason: 'normal' | 'shutdown' = 'normal'): void {
    this.#check();
    checkWord('reason', ['normal', 'shutdown'], reason);
    this.#process.post({ kind: 'stop', reason });
  }

  #check(): void {
    const refusal = this.#refusal();
    if (refusal !== undefined) throw refusal;
  }

  #refusal(): Error | undefined {
    const process = this.#process;
    if (!process.alive) return new ProcessKilledError();
    return process.isShut ? new LeaseLostError(process.id) : undefined;
  }
}
