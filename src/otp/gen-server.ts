import { FaultlineError, describe, toError } from '../base/errors.js';
import type { Fence } from '../base/fence.js';
import type { Address } from '../runtime/address.js';
import { type ExitReason, errorOf, toDownReason } from '../runtime/exit-reason.js';
import type { TerminateReason } from '../runtime/exit-reason.js';
import { type Gate, untilOpen } from '../runtime/gate.js';
import type { MailboxBound } from '../runtime/mailbox.js';
import type { Process, Receiver } from '../runtime/process.js';
import type { Runtime } from '../runtime/runtime.js';
import type { CallSignal, Mail } from '../runtime/signal.js';
import { deferred } from '../base/deferred.js';
import {
  type AnyBehavior,
  type CallResult,
  type GenServerRef,
  type Info,
  InvalidReturnError,
  NO_REPLY,
  ReplyError,
  checkBehavior,
} from './behavior.js';
import { Context } from './context.js';
import {
  InvalidOptionError,
  checkCount,
  checkDurationMs,
  checkName,
  checkRef,
  checkWord,
} from './option.js';
import { AlreadyRegisteredError, NAMES } from './registry.js';

/** `init` threw, rejected, or took too long. The server never ran. */
export class InitializationError extends FaultlineError {
  static readonly code = 'ERR_INITIALIZATION';
  override readonly name = 'InitializationError';
  readonly code = InitializationError.code;

  constructor(
    readonly serverId: string,
    cause: Error,
  ) {
    super(`init of ${serverId} failed: ${cause.message}`, { cause });
  }
}

/** How a server is started. All of it is checked before anything starts. */
export interface StartOptions {
  /** Registers the server under this name on its node. */
  readonly name?: string;
  /** Milliseconds that `init` may take; 5000 by default. */
  readonly initTimeout?: number;
  /** Exits of linked processes arrive in `handleInfo` instead of ending the server. */
  readonly trapExit?: boolean;
  /** Bounds the mail that may wait. Unbounded by default. */
  readonly mailbox?: MailboxBound;
  /** What `init` is called with. */
  readonly args?: readonly unknown[];
}

/**
 * Starts a server and resolves to its ref once `init` is done. Rejects with
 * {@link InitializationError} or {@link AlreadyRegisteredError}, and then nothing is left behind.
 */
export async function startServer(
  runtime: Runtime,
  behavior: AnyBehavior,
  options: StartOptions = {},
): Promise<GenServerRef> {
  return (await spawnServer(runtime, behavior, options)).ref;
}

/** What a host adds to the options of a start. */
export interface HostedStart {
  readonly fence?: Fence | undefined;
  readonly gate?: Gate | undefined;
  /** Told at once, before its `init`. */
  readonly spawned?: ((process: Process) => void) | undefined;
}

/** As {@link startServer}, for hosts that need the process as well. */
export function spawnServer(
  runtime: Runtime,
  behavior: AnyBehavior,
  options: StartOptions & HostedStart,
): Promise<{ ref: GenServerRef; process: Process }> {
  checkBehavior(behavior);
  checkStartOptions(options);
  const names = runtime.use(NAMES);
  const { name } = options;
  if (name !== undefined && names.isRegistered(name)) throw new AlreadyRegisteredError(name);
  const started = deferred<{ ref: GenServerRef; process: Process }>();
  const id = runtime.ids.next('genserver');
  const ref = runtime.addressOf(id);
  const process = runtime.spawn(
    {
      id,
      label: name ?? 'GenServer',
      receiver: new Server(runtime, behavior, options.args ?? []),
      trapExit: options.trapExit ?? false,
      initTimeoutMs: options.initTimeout ?? DEFAULT_INIT_TIMEOUT_MS,
      mailbox: options.mailbox,
      fence: options.fence,
      gate: options.gate,
    },
    {
      started: () => started.resolve({ ref, process }),
      failed: (reason) => started.reject(new InitializationError(id, errorOf(reason))),
    },
  );
  options.spawned?.(process);
  // Taken at once, so that two starts under one name cannot both pass the check above.
  if (name !== undefined) names.register(name, ref);
  return started.promise;
}

/**
 * Asks a server to end after the messages that wait before this one, and resolves when it has
 * ended. A server that is gone already is no error. From the server's own handler it resolves at
 * once, since a handler that waited for its own end would wait for ever; after an `await`, where
 * this can't be known, use `context.stop`.
 */
export async function stopServer(
  runtime: Runtime,
  ref: Address,
  reason: ExitReason = 'normal',
): Promise<void> {
  checkRef(ref);
  checkStopReason(reason);
  if (runtime.running?.id === ref.id && runtime.isLocal(ref)) {
    runtime.router.send(ref, { kind: 'stop', reason });
    return;
  }
  const stopped = deferred<void>();
  const from = {
    settled: false,
    reply: () => stopped.resolve(),
    fail: (error: unknown) => stopped.reject(error),
  };
  const delivery = runtime.router.send(ref, { kind: 'stop', reason, from });
  if (delivery !== 'sent') stopped.resolve();
  return stopped.promise;
}

/** Makes a reply that rejects the caller with `error` and leaves the server alive. */
export function replyError(error: unknown): ReplyError {
  return new ReplyError(toError(error));
}

/** The receiver that runs a behaviour. */
class Server implements Receiver {
  readonly #runtime: Runtime;
  readonly #behavior: AnyBehavior;
  readonly #args: readonly unknown[];
  #self!: Process;
  #context!: Context;
  #state: unknown;

  constructor(runtime: Runtime, behavior: AnyBehavior, args: readonly unknown[]) {
    this.#runtime = runtime;
    this.#behavior = behavior;
    this.#args = args;
  }

  init(self: Process): void | Promise<void> {
    this.#self = self;
    this.#context = new Context(this.#runtime, self);
    return this.#become(this.#behavior.init(...this.#args));
  }

  receive(mail: Mail): void | Promise<void> {
    switch (mail.kind) {
      case 'call':
        return this.#call(mail);
      case 'cast':
        return this.#cast(mail.message);
      case 'info':
        return this.#info(mail.message);
      case 'exit':
        return this.#info({ type: 'EXIT', from: mail.from, reason: mail.reason });
      case 'down':
        return this.#info({
          type: 'DOWN',
          monitorId: mail.monitorId,
          ref: mail.target,
          reason: toDownReason(mail.reason),
        });
      case 'stop':
        return;
    }
  }

  terminate(reason: TerminateReason): void | Promise<void> {
    return this.#behavior.terminate?.(reason, this.#state, this.#context);
  }

  #call(mail: CallSignal): void | Promise<void> {
    const isInner = mail.chain !== undefined;
    // A context of its own: work that outlives its message must not be taken for the next one's.
    const context = isInner ? new Context(this.#runtime, this.#self, mail) : this.#context;
    const result: unknown = this.#behavior.handleCall(mail.message, this.#state, context);
    if (isThenable(result)) return this.#answerLater(mail, result);
    this.#answer(mail, result);
  }

  // Apart from the synchronous path: whatever makes a closure pays for its scope at every call.
  #answerLater(mail: CallSignal, result: Promise<unknown>): Promise<void> {
    return result.then((value) => {
      const answer = (): void => this.#answer(mail, value);
      return this.#self.isShut ? untilOpen(this.#self).then(answer) : answer();
    });
  }

  #answer(mail: CallSignal, result: unknown): void {
    if (!Array.isArray(result) || result.length !== 2) {
      throw new InvalidReturnError(
        `Expected handleCall to return [reply, state], got ${describe(result)}`,
      );
    }
    const [reply, state] = result as unknown as CallResult<unknown, unknown>;
    this.#state = state;
    if (reply === NO_REPLY) this.#self.defer(mail.from);
    else if (reply instanceof ReplyError) mail.from.fail(reply.error);
    else mail.from.reply(reply);
  }

  #cast(message: unknown): void | Promise<void> {
    return this.#become(this.#behavior.handleCast(message, this.#state, this.#context));
  }

  #info(info: unknown): void | Promise<void> {
    const { handleInfo } = this.#behavior;
    if (handleInfo !== undefined) {
      return this.#become(
        handleInfo.call(this.#behavior, info as Info, this.#state, this.#context),
      );
    }
    if (isSystemInfo(info)) return;
    return this.#cast(info);
  }

  #become(next: unknown): void | Promise<void> {
    if (isThenable(next)) return this.#becomeLater(next);
    this.#state = next;
  }

  #becomeLater(next: Promise<unknown>): Promise<void> {
    return next.then((state) => {
      this.#state = state;
    });
  }
}

function checkStopReason(reason: unknown): void {
  if (typeof reason !== 'object' || reason === null) {
    checkWord('reason', ['normal', 'shutdown'], reason);
  } else if (!('shutdown' in reason) && !isError((reason as { error?: unknown }).error)) {
    throw new InvalidOptionError('reason', 'normal, shutdown, { shutdown } or { error }', reason);
  }
}

// What toError leaves as it is.
function isError(value: unknown): boolean {
  return value !== undefined && toError(value) === value;
}

function checkStartOptions(options: StartOptions): void {
  if (options.name !== undefined) checkName('name', options.name);
  if (options.initTimeout !== undefined) checkDurationMs('initTimeout', options.initTimeout);
  if (options.mailbox === undefined) return;
  checkCount('mailbox.max', options.mailbox.max, 1);
  checkWord('mailbox.onFull', ['reject', 'dropNewest', 'dropOldest'], options.mailbox.onFull);
}

function isThenable(value: unknown): value is Promise<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

// What the runtime tells means nothing to a server that never asked for it through handleInfo.
function isSystemInfo(info: unknown): boolean {
  const type = (info as { type?: unknown } | null)?.type;
  return type === 'DOWN' || type === 'EXIT' || type === 'NAME_LOST';
}

export const DEFAULT_INIT_TIMEOUT_MS = 5000;
