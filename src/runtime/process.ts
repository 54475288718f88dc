import { toError } from '../base/errors.js';
import type { Fence } from '../base/fence.js';
import type { DeadlineLink, Expiring } from '../platform/deadline.js';
import type { Turn } from '../platform/platform.js';
import { ServerNotRunningError } from './call-error.js';
import {
  type ExitReason,
  type TerminateReason,
  errorOf,
  toTerminateReason,
} from './exit-reason.js';
import type { Address } from './address.js';
import { DeferredCallers } from './deferred-callers.js';
import type { Gate } from './gate.js';
import { Mailbox, type MailboxBound } from './mailbox.js';
import type { Delivery } from './router.js';
import type { Runtime } from './runtime.js';
import type { CallSignal, CastSignal, Mail, ReplyTo, Signal } from './signal.js';

/** What a process does with its mail. Every method may be asynchronous; one runs at a time. */
export interface Receiver {
  /** Runs first, before any mail. Throwing or rejecting means that the process never started. */
  init(self: Process): void | Promise<void>;
  /** One message. Throwing or rejecting ends the process with that error. */
  receive(mail: Mail): void | Promise<void>;
  /** Last words. Not called after a kill, an untrapped exit, or a failed `init`. */
  terminate(reason: TerminateReason): void | Promise<void>;
}

export interface ProcessOptions {
  readonly id: string;
  readonly receiver: Receiver;
  /** What kind of thing it is, for people: the behaviour's name. */
  readonly label: string;
  readonly trapExit?: boolean;
  readonly initTimeoutMs?: number;
  readonly mailbox?: MailboxBound | undefined;
  readonly fence?: Fence | undefined;
  /** Says when it may act; always, without one. */
  readonly gate?: Gate | undefined;
}

/** The outcome of `init`, told once. */
export interface StartListener {
  started(process: Process): void;
  failed(reason: ExitReason): void;
}

/** `starting` until `init` is done, `stopping` while `terminate` runs; `exited` is for good. */
export type ProcessStatus = 'starting' | 'running' | 'stopping' | 'exited';

/** `init` took longer than it was given. */
export class InitTimeoutError extends Error {
  override readonly name = 'InitTimeoutError';

  constructor(readonly timeoutMs: number) {
    super(`init took longer than ${timeoutMs} ms; raise { initTimeout } or make it faster`);
  }
}

/**
 * A process: a mailbox, a receiver, and the promise that the receiver sees one message at a time,
 * in the order in which each sender sent them.
 */
export class Process implements Turn, Expiring {
  readonly id: string;
  readonly label: string;
  /** Which incarnation of a distributed supervisor's child it is, if it is one. */
  fence: Fence | undefined;
  readonly gate: Gate | undefined;
  readonly mailbox: Mailbox;
  status: ProcessStatus = 'starting';
  trapExit: boolean;
  /** Whether `init` was ever through. */
  hasStarted = false;
  /** Messages taken from the mailbox so far. */
  handledCount = 0;
  /** The process that started it, as far as that is known. */
  parent: string | undefined;
  /** Who watches this process: monitor id to watcher. */
  watchers: Map<string, Address> | undefined;
  /** Run once when the process is over, after links and monitors were told. */
  onExit: ((reason: ExitReason) => void) | undefined;
  deadline: DeadlineLink | undefined;

  readonly #runtime: Runtime;
  readonly #receiver: Receiver;
  readonly #initTimeoutMs: number;
  #startListener: StartListener | undefined;
  #queued = false;
  #busy = false;
  /** Who waits for the message at hand, when it is a call. */
  #caller: ReplyTo | undefined;
  #stopCallers: Mail[] | undefined;
  #deferred: DeferredCallers | undefined;

  constructor(runtime: Runtime, options: ProcessOptions, listener: StartListener) {
    this.#runtime = runtime;
    this.id = options.id;
    this.label = options.label;
    this.fence = options.fence;
    this.gate = options.gate;
    this.#receiver = options.receiver;
    this.trapExit = options.trapExit ?? false;
    this.mailbox = new Mailbox(options.mailbox);
    this.#initTimeoutMs = options.initTimeoutMs ?? Infinity;
    this.#startListener = listener;
    this.parent = runtime.running?.id;
  }

  get alive(): boolean {
    return this.status !== 'exited';
  }

  /** Who waits for the message at hand, when it is a call. */
  get caller(): ReplyTo | undefined {
    return this.#caller;
  }

  /** Whether it may not act now; see {@link Gate}. */
  get isShut(): boolean {
    return this.gate !== undefined && !this.gate.isOpen();
  }

  /** Remembers a caller who is answered later: if the process ends first, so does the call. */
  defer(caller: ReplyTo): void {
    (this.#deferred ??= new DeferredCallers()).add(caller);
  }

  /** Forgets a caller who was answered. */
  undefer(caller: ReplyTo): void {
    this.#deferred?.delete(caller);
  }

  /** Puts the process in line for its next turn. */
  wake(): void {
    if (this.#queued || this.#busy) return;
    this.#queued = true;
    this.#runtime.platform.runQueue.push(this);
  }

  /** Takes a signal: mail waits for its turn, exits and kills act at once. */
  deliver(signal: Signal): Delivery {
    // Almost all signals are calls and casts: short enough to be compiled into whoever sends them.
    if (signal.kind === 'call' || signal.kind === 'cast') return this.post(signal);
    return this.status === 'exited' ? 'down' : this.#take(signal);
  }

  #take(signal: Exclude<Signal, CallSignal | CastSignal>): Delivery {
    switch (signal.kind) {
      case 'info':
      case 'stop':
        return this.post(signal);
      case 'down':
        return this.#runtime.monitorDown(signal.monitorId, signal.reason) ? 'sent' : 'down';
      case 'exit':
        return this.#takeExit(signal.reason, signal.linked, signal);
      case 'kill':
        this.finish('killed');
        return 'sent';
      default:
        return this.#runtime.relate(this, signal);
    }
  }

  /** Puts mail at the end of the mailbox. */
  post(mail: Mail): Delivery {
    if (this.status === 'exited') return 'down';
    if (this.mailbox.offer(mail) === 'refused') return 'full';
    this.wake();
    return 'sent';
  }

  takeTurn(): void {
    this.#queued = false;
    if (this.status === 'exited' || this.#busy) return;
    if (this.gate !== undefined && this.#mustWait(this.gate)) return;
    this.#runtime.enter(this);
    if (this.status === 'starting') this.#begin();
    else this.#work();
    this.#runtime.enter(undefined);
  }

  /** `init` ran out of time. */
  expire(): void {
    if (this.status === 'starting')
      this.#failStart({ error: new InitTimeoutError(this.#initTimeoutMs) });
  }

  /**
   * Ends the process in good order: `terminate` runs, unless the process may not act now, then
   * links and monitors are told. Mail that still waits is not handled; its callers are rejected.
   */
  exit(reason: ExitReason): void {
    if (this.status === 'exited' || this.status === 'stopping') return;
    if (this.status === 'starting') {
      this.#failStart(reason);
      return;
    }
    if (this.isShut) return this.finish(reason);
    this.status = 'stopping';
    this.#busy = true;
    const outer = this.#runtime.running;
    this.#runtime.enter(this);
    try {
      const ending = this.#receiver.terminate(toTerminateReason(reason));
      if (isPromise(ending)) {
        ending.then(
          () => this.finish(reason),
          (thrown: unknown) => this.#endAnyway(thrown, reason),
        );
        return;
      }
    } catch (thrown) {
      this.#endAnyway(thrown, reason);
      return;
    } finally {
      this.#runtime.enter(outer);
    }
    this.finish(reason);
  }

  /** Ends the process now. `terminate` does not run; a handler in flight is abandoned. */
  finish(reason: ExitReason): void {
    if (this.status === 'exited') return;
    if (this.status === 'starting') {
      this.#failStart(reason);
      return;
    }
    this.status = 'exited';
    this.#runtime.processEnded(this, reason);
    this.#rejectCallers(reason);
    this.onExit?.(reason);
  }

  #work(): void {
    const { gate } = this;
    for (let budget = MESSAGES_PER_TURN; budget > 0 && this.status === 'running'; budget--) {
      if (gate !== undefined && this.mailbox.length > 0 && this.#mustWait(gate)) return;
      const mail = this.mailbox.take();
      if (mail === undefined) return;
      if (!this.#handle(mail)) return;
    }
    if (this.mailbox.length > 0) this.wake();
  }

  /** Whether its gate is shut; then it gets its turn once that opens. */
  #mustWait(gate: Gate): boolean {
    if (gate.isOpen()) return false;
    gate.whenOpen(this);
    return true;
  }

  #takeExit(reason: ExitReason, linked: boolean, mail: Mail): Delivery {
    if (this.trapExit && this.status !== 'starting') return this.post(mail);
    if (reason === 'normal' && linked) return 'sent';
    this.finish(reason);
    return 'sent';
  }

  #begin(): void {
    this.#busy = true;
    if (this.#initTimeoutMs !== Infinity) this.#runtime.deadlines.set(this, this.#initTimeoutMs);
    try {
      const begun = this.#receiver.init(this);
      if (isPromise(begun)) {
        begun.then(
          () => this.#started(),
          (thrown: unknown) => this.#failStart({ error: toError(thrown) }),
        );
        return;
      }
    } catch (thrown) {
      this.#failStart({ error: toError(thrown) });
      return;
    }
    this.#started();
  }

  #started(): void {
    if (this.status !== 'starting') return;
    this.#runtime.deadlines.clear(this);
    this.status = 'running';
    this.hasStarted = true;
    this.#busy = false;
    const listener = this.#startListener;
    this.#startListener = undefined;
    this.#runtime.processStarted(this);
    listener?.started(this);
    if (this.mailbox.length > 0) this.wake();
  }

  #failStart(reason: ExitReason): void {
    if (this.status !== 'starting') return;
    this.#runtime.deadlines.clear(this);
    this.status = 'exited';
    const listener = this.#startListener;
    this.#startListener = undefined;
    this.#runtime.processEnded(this, reason);
    this.#rejectCallers(reason);
    listener?.failed(reason);
    this.onExit?.(reason);
  }

  /** Handles one message; false when the turn is over. */
  #handle(mail: Mail): boolean {
    if (mail.kind === 'call') {
      if (mail.from.settled) return true;
      this.#caller = mail.from;
    } else if (mail.kind === 'stop') {
      this.handledCount += 1;
      (this.#stopCallers ??= []).push(mail);
      this.exit(mail.reason);
      return false;
    }
    this.handledCount += 1;
    try {
      const handling = this.#receiver.receive(mail);
      if (isPromise(handling)) {
        this.#waitFor(handling);
        return false;
      }
    } catch (thrown) {
      this.#crash(thrown);
      return false;
    }
    this.#caller = undefined;
    return true;
  }

  #waitFor(handling: Promise<void>): void {
    this.#busy = true;
    handling.then(
      () => this.#resume(),
      (thrown: unknown) => this.#crash(thrown),
    );
  }

  #resume(): void {
    if (this.status !== 'running') return;
    this.#caller = undefined;
    this.#busy = false;
    if (this.mailbox.length > 0) this.wake();
  }

  #crash(thrown: unknown): void {
    if (this.status !== 'running') return;
    const error = toError(thrown);
    this.#runtime.processCrashed(this, error);
    // The caller of the message that failed hears it first, before terminate may take its time.
    this.#caller?.fail(error);
    this.#caller = undefined;
    this.exit({ error });
  }

  #endAnyway(thrown: unknown, reason: ExitReason): void {
    this.#runtime.platform.log.error('terminate failed; the process ends all the same', {
      process: this.id,
      error: toError(thrown),
    });
    this.finish(reason);
  }

  #rejectCallers(reason: ExitReason): void {
    // They came before everything that still waits.
    for (const caller of this.#deferred?.waiting() ?? []) this.#rejectCaller(caller, reason);
    this.#deferred = undefined;
    this.#rejectCaller(this.#caller, reason);
    this.#caller = undefined;
    for (const mail of this.mailbox.drain()) {
      if (mail.kind === 'call') {
        this.#rejectCaller(mail.from, reason);
      } else if (mail.kind === 'stop') {
        mail.from?.reply(undefined);
      }
    }
    for (const mail of this.#stopCallers ?? [])
      if (mail.kind === 'stop') mail.from?.reply(undefined);
  }

  #rejectCaller(caller: ReplyTo | undefined, reason: ExitReason): void {
    // One that timed out or was aborted is over: this is no late reply.
    if (caller === undefined || caller.settled) return;
    const failed = typeof reason === 'object' && 'error' in reason;
    caller.fail(failed ? errorOf(reason) : new ServerNotRunningError(this.id));
  }
}

function isPromise(value: void | Promise<void>): value is Promise<void> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

// A process with a full mailbox lets the others have a turn after so many messages.
const MESSAGES_PER_TURN = 100;
