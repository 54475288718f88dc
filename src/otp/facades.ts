import type { Address } from '../runtime/address.js';
import { here } from '../runtime/default-runtime.js';
import type { ExitReason } from '../runtime/exit-reason.js';
import {
  type AnyBehavior,
  type GenServerBehavior,
  type GenServerRef,
  NO_REPLY,
  type ReplyError,
} from './behavior.js';
import { type CallOptions, call } from './call.js';
import { cast } from './cast.js';
import { type From, reply } from './from.js';
import { type StartOptions, replyError, startServer, stopServer } from './gen-server.js';
import { KeyedRegistry, type KeyedRegistryOptions } from './keyed-registry.js';
import { type LifecycleHandler, onLifecycleEvent } from './lifecycle.js';
import { type LinkRef, link, unlink } from './link.js';
import { type DemonitorOptions, type MonitorRef, demonitor, monitor } from './monitor.js';
import { InvalidOptionError, checkRef } from './option.js';
import { type ProcessSnapshot, processTree } from './process-tree.js';
import { NAMES } from './registry.js';
import type { CallFunction } from './request.js';
import { type TimerRef, cancelTimer, sendAfter } from './send-after.js';

/** A ref whatever its types are. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- accepts every instantiation
type AnyRef = GenServerRef<any, any, any, any>;

/** Processes with state, a mailbox and a life of their own, on the node this code runs on. */
export const GenServer = {
  /**
   * Starts a server and resolves to its ref once `init` is done. Rejects with InitializationError
   * or AlreadyRegisteredError, and then nothing is left behind.
   */
  start<State, CallMsg, CastMsg, CallReply>(
    behavior: GenServerBehavior<State, CallMsg, CastMsg, CallReply>,
    options?: StartOptions,
  ): Promise<GenServerRef<State, CallMsg, CastMsg, CallReply>> {
    return startServer(here(), behavior as AnyBehavior, options) as Promise<
      GenServerRef<State, CallMsg, CastMsg, CallReply>
    >;
  },

  /**
   * Sends a message and waits for its reply.
   *
   * Ends exactly once: with the reply, or rejected because of a timeout, because nobody runs there,
   * because the server failed, or because its node was lost. After a timeout the server may still
   * take the message unless it was waiting in the mailbox; a late reply is dropped.
   */
  call: ((ref: Address, message: unknown, options?: CallOptions) =>
    call(here(), ref, message, options)) as CallFunction,

  /**
   * Sends a message and promises little: that it is queued, in order with this sender's others.
   * Nothing is told when a remote process or its node is gone by then; throws LinkFullError when
   * the link has no room, ServerNotRunningError or MailboxFullError for a process of this node.
   */
  cast<CastMsg = unknown>(ref: GenServerRef<unknown, unknown, CastMsg>, message: CastMsg): void {
    cast(here(), ref, message);
  },

  /** Lets the server end after the messages before this one; resolves when it has. */
  stop(ref: AnyRef, reason?: ExitReason): Promise<void> {
    return stopServer(here(), ref, reason);
  },

  /** Whether a server of this node runs. Of a server elsewhere: whether its node is connected. */
  isRunning(ref: AnyRef): boolean {
    checkRef(ref);
    return here().isRunning(ref);
  },

  /** The ref of the server whose code runs now. Right only before its first `await`. */
  self(): GenServerRef {
    const runtime = here();
    const { running } = runtime;
    if (running !== undefined) return runtime.addressOf(running.id);
    throw outsideHandler('GenServer.self()');
  },

  /**
   * From now on exits of processes linked to the server whose code runs arrive in `handleInfo`
   * instead of ending it. For `init`, as Erlang's `process_flag`; the same limits as `self`.
   */
  trapExit(trap = true): void {
    const { running } = here();
    if (running === undefined) throw outsideHandler('GenServer.trapExit()');
    running.trapExit = trap;
  },

  /**
   * Sends `message` after `delayMs`, to `handleInfo`, or to `handleCast` of a behaviour without it.
   * Until then it holds the Node process alive; a process that ends takes its timers with it.
   */
  sendAfter(ref: AnyRef, message: unknown, delayMs: number): TimerRef {
    return sendAfter(here(), ref, message, delayMs);
  },

  /** Takes a `sendAfter` back. False when it was sent, or taken back, before. */
  cancelTimer(timer: TimerRef): boolean {
    return cancelTimer(here(), timer);
  },

  /** Tells `watcher`, in `handleInfo`, exactly once that `target` has ended. */
  monitor(watcher: AnyRef, target: AnyRef): MonitorRef {
    return monitor(here(), watcher, target);
  },

  /**
   * Gives a monitor up. False when its DOWN was told before; it may still wait in the mailbox, and
   * with `flush` it is taken out of there.
   */
  demonitor(ref: MonitorRef, options?: DemonitorOptions): boolean {
    return demonitor(here(), ref, options);
  },

  /**
   * Ties two servers together, of which one at least is of this node: the abnormal end of one ends
   * the other, or reaches its `handleInfo` as EXIT when it traps exits.
   */
  link(ref1: AnyRef, ref2: AnyRef): LinkRef {
    return link(here(), ref1, ref2);
  },

  /** Unties them. An EXIT that was told before may still wait in a mailbox. */
  unlink(ref: LinkRef): void {
    unlink(here(), ref);
  },

  /**
   * What `handleCall` gives in place of a reply that comes later, by `reply`. Until then the caller
   * waits as for any call: its timeout runs, and the server's end rejects it.
   */
  noReply: NO_REPLY,

  /**
   * Answers a call whose handler gave `noReply`: `from` is the `context.from` of that handler.
   * False when the call had ended before; the value is dropped then.
   */
  reply(from: From, value: unknown): boolean {
    return reply(from, value);
  },

  /** A reply that rejects the caller and leaves the server alive. */
  replyError(error: unknown): ReplyError {
    return replyError(error);
  },

  /** Calls `handler` for every server of this node; gives the function that ends it. */
  onLifecycleEvent(handler: LifecycleHandler): () => void {
    return onLifecycleEvent(here(), handler);
  },
} as const;

/** The names of this node's processes; and registries of your own, with `create`. */
export const Registry = {
  /** A registry of its own: unique or duplicate keys, with metadata; see {@link KeyedRegistry}. */
  create: <Metadata = unknown>(options?: KeyedRegistryOptions): KeyedRegistry<Metadata> =>
    new KeyedRegistry<Metadata>(here(), options),
  /** Throws AlreadyRegisteredError when another process has the name. */
  register: (name: string, ref: AnyRef): void => here().use(NAMES).register(name, ref),
  /** Throws NotRegisteredError when nobody has the name. */
  lookup: (name: string): GenServerRef => here().use(NAMES).lookup(name),
  /** As `lookup`; `undefined` when nobody has the name. */
  whereis: (name: string): GenServerRef | undefined => here().use(NAMES).whereis(name),
  /** False when nobody had the name. */
  unregister: (name: string): boolean => here().use(NAMES).unregister(name),
  /** A name is free again as soon as its process has ended. */
  isRegistered: (name: string): boolean => here().use(NAMES).isRegistered(name),
  /** In the order of their registration. */
  getNames: (): string[] => here().use(NAMES).getNames(),
  /** How many names are taken. */
  count: (): number => here().use(NAMES).count(),
} as const;

/** The processes of this node, for whoever looks at a running system. */
export const ProcessTree = {
  /** All of them by parent, in the order they were started, as they are at one instant. */
  snapshot: (): ProcessSnapshot[] => processTree(here()),
} as const;

function outsideHandler(what: string): Error {
  const expected = 'in a handler before its first await; after it use the context';
  return new InvalidOptionError(`the place of ${what}`, expected, undefined);
}
