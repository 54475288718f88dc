import { toError } from '../base/errors.js';
import type { NodeId } from '../base/node-id.js';
import { Numbered } from '../base/numbered.js';
import { MailboxFullError, ServerNotRunningError } from '../runtime/call-error.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ReplyTo } from '../runtime/signal.js';
import type { Frame, FrameOf } from './frame.js';
import { type CallerDesk, RemoteCaller } from './remote-caller.js';
import type { RemoteRequests } from './remote-requests.js';
import type { Wire } from './wire.js';
import { readReason } from './wire-reason.js';

/** Frames that are about a process of this node. */
export type SignalFrame = Extract<Frame, { readonly kind: RelationKind | MessageKind }>;

type MessageKind = 'call' | 'reply' | 'abort' | 'cast' | 'info' | 'stop' | 'kill';
type RelationKind = 'exit' | 'link' | 'unlink' | 'monitor' | 'demonitor' | 'down';

/** Turns the frames of members into signals to processes of this node, and answers for them. */
export class Inbound implements CallerDesk {
  readonly #runtime: Runtime;
  readonly #wire: Wire;
  readonly #requests: RemoteRequests;
  /** By their nodes, and the ids that these gave to their requests. */
  readonly #callers = new Map<NodeId, Numbered<RemoteCaller>>();

  constructor(runtime: Runtime, wire: Wire, requests: RemoteRequests) {
    this.#runtime = runtime;
    this.#wire = wire;
    this.#requests = requests;
  }

  /** How many requests of other nodes are not answered yet. */
  get callerCount(): number {
    let count = 0;
    for (const callers of this.#callers.values()) count += callers.size;
    return count;
  }

  /**
   * `nowMs` is when the frame came. Throws a typed error on a payload that cannot be read: the link
   * is not to be trusted then.
   */
  receive(nodeId: NodeId, frame: SignalFrame, nowMs: number): void {
    switch (frame.kind) {
      case 'call':
        return this.#call(nodeId, frame, nowMs);
      case 'reply':
        return this.#reply(nodeId, frame);
      case 'abort':
        this.#callers.get(nodeId)?.get(frame.callId)?.abandon();
        return;
      case 'cast':
      case 'info': {
        const message = this.#wire.codec.decode(frame.message);
        if (!isServer(frame.to)) return;
        this.#runtime.localRouter.send({ id: frame.to }, { kind: frame.kind, message });
        return;
      }
      case 'stop':
        return this.#stop(nodeId, frame);
      case 'kill':
        this.#runtime.localRouter.send({ id: frame.to }, { kind: 'kill' });
        return;
      default:
        return this.#relate(nodeId, frame);
    }
  }

  /**
   * The way to `nodeId` broke: its callers were told, so what they asked is not run any more if it
   * still waits, and no answer goes out.
   */
  linkLost(nodeId: NodeId): void {
    const callers = this.#callers.get(nodeId);
    this.#callers.delete(nodeId);
    for (const [, caller] of callers?.entries() ?? []) caller.abandon();
  }

  /** Something that answers a request of `nodeId`, which waits until `dueMs`. */
  answerTo(nodeId: NodeId, callId: number, dueMs = Infinity): ReplyTo {
    const { clock } = this.#runtime.platform;
    const caller = new RemoteCaller({ nodeId, callId }, clock, dueMs, this);
    let callers = this.#callers.get(nodeId);
    if (callers === undefined) this.#callers.set(nodeId, (callers = new Numbered()));
    callers.set(callId, caller);
    return caller;
  }

  #call(nodeId: NodeId, frame: FrameOf<'call'>, nowMs: number): void {
    const message = this.#wire.codec.decode(frame.message);
    const timeoutMs = frame.deadlineMs ?? Infinity;
    const from = this.answerTo(nodeId, frame.callId, nowMs + timeoutMs);
    if (!isServer(frame.to) && !isDistributedSupervisor(frame.to)) {
      return from.fail(new ServerNotRunningError(frame.to));
    }
    const { chain } = frame;
    const signal = { kind: 'call', message, from, timeoutMs, chain } as const;
    const delivery = this.#runtime.localRouter.send({ id: frame.to }, signal);
    if (delivery === 'down') from.fail(new ServerNotRunningError(frame.to));
    if (delivery === 'full') from.fail(new MailboxFullError());
  }

  #reply(nodeId: NodeId, frame: FrameOf<'reply'>): void {
    const value = this.#wire.codec.decode(frame.value);
    const from = this.#requests.take(frame.callId, nodeId);
    if (from === undefined) this.#runtime.lateReplyCount += 1;
    else if (frame.ok) from.reply(value);
    else from.fail(toError(value));
  }

  #stop(nodeId: NodeId, frame: FrameOf<'stop'>): void {
    const reason = readReason(this.#wire.codec, frame.reason);
    const { callId } = frame;
    const from = callId === undefined ? undefined : this.answerTo(nodeId, callId);
    const delivery = this.#runtime.localRouter.send(
      { id: frame.to },
      { kind: 'stop', reason, from },
    );
    if (delivery === 'down') from?.reply(undefined);
  }

  #relate(nodeId: NodeId, frame: Extract<Frame, { readonly kind: RelationKind }>): void {
    const runtime = this.#runtime;
    const to = { id: frame.to };
    const from = { id: frame.from, nodeId };
    switch (frame.kind) {
      case 'exit': {
        const reason = readReason(this.#wire.codec, frame.reason);
        if (!frame.linked)
          runtime.localRouter.send(to, { kind: 'exit', from, reason, linked: false });
        // A link that is gone here carries nothing any more.
        else if (runtime.links.remove(frame.to, from)) runtime.exitReceived(frame.to, from, reason);
        return;
      }
      case 'link': {
        if (runtime.localRouter.send(to, { kind: 'link', from }) === 'sent') return;
        const self = runtime.addressOf(frame.to);
        runtime.router.send(from, { kind: 'exit', from: self, reason: 'noproc', linked: true });
        return;
      }
      case 'unlink':
        runtime.localRouter.send(to, { kind: 'unlink', from });
        return;
      case 'monitor': {
        const { monitorId } = frame;
        if (runtime.localRouter.send(to, { kind: 'monitor', monitorId, from }) === 'sent') return;
        const target = runtime.addressOf(frame.to);
        runtime.router.send(from, { kind: 'down', monitorId, target, reason: 'noproc' });
        return;
      }
      case 'demonitor':
        runtime.localRouter.send(to, { kind: 'demonitor', monitorId: frame.monitorId, from });
        return;
      case 'down':
        runtime.monitorDown(frame.monitorId, readReason(this.#wire.codec, frame.reason));
        return;
    }
  }

  answer({ nodeId, callId }: RemoteCaller, ok: boolean, value: unknown): void {
    const { codec } = this.#wire;
    try {
      const bytes = ok ? codec.pack(value, 'reply') : codec.packLeniently(value);
      this.#wire.send(nodeId, { kind: 'reply', callId, ok, value: bytes });
    } catch (error) {
      // What cannot cross is the caller's to know: it waits for nothing else.
      const bytes = codec.packLeniently(toError(error));
      this.#wire.send(nodeId, { kind: 'reply', callId, ok: false, value: bytes });
    }
  }

  done(caller: RemoteCaller): void {
    const callers = this.#callers.get(caller.nodeId);
    // Another one may have come under its id.
    if (callers?.get(caller.callId) === caller) callers.delete(caller.callId);
  }
}

/**
 * Messages from elsewhere are for servers. What other processes, as a supervisor of one node, find
 * in their mailboxes they take for their own word.
 */
function isServer(id: string): boolean {
  return id.startsWith('genserver_');
}

/** These check what they are asked, whoever asks. */
function isDistributedSupervisor(id: string): boolean {
  return id.startsWith('dsup_');
}
