import { unreachable } from '../base/assert.js';
import { FaultlineError, toError } from '../base/errors.js';
import { NodeId } from '../base/node-id.js';
import type { Address, CloseReason, Link, LinkEvents } from '../platform/transport.js';
import type { Timer } from '../platform/platform.js';
import { Pump } from '../otp/supervision/pump.js';
import type { Delivery } from '../runtime/router.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ClusterConfig } from './cluster-config.js';
import { addressOf } from './cluster-config.js';
import { Codec } from './codec.js';
import { type Frame, type FrameOf, decodeFrame, encodeFrame } from './frame.js';
import { GlobalRegistryNode } from './global-registry.js';
import type { NamesDelta, NamesList } from './global-names.js';
import { type HandshakeMessage, type NodeIdentity, readIdentities } from './handshake-message.js';
import { Inbound } from './inbound.js';
import { Membership } from './membership.js';
import type {
  LinkNumber,
  MembershipEffect,
  MembershipEvent,
  MembershipTimer,
  NodeDownReason,
} from './membership-event.js';
import type { NodeInfo } from './node-info.js';
import { RemoteRequests } from './remote-requests.js';
import { RemoteRouter } from './remote-router.js';
import { SpawnDesk } from './remote-spawn.js';
import type { Wire } from './wire.js';
import { WIRE_ERRORS } from './wire-failure.js';

/** A part of the join exchange that belongs to a floor above. */
export interface JoinPart {
  /** What this node says when it joins, or rejoins, `peer`. */
  offer(peer: NodeIdentity): unknown;
  /** What the peer said. Runs before anything else is sent to it, and before it counts as up. */
  accept(peer: NodeIdentity, offered: unknown): void;
}

export interface MemberListener {
  up?(peer: NodeIdentity, info: { readonly returning: boolean }): void;
  down?(peer: NodeIdentity, reason: NodeDownReason): void;
  /** Back on a new link; frames sent before may be lost, and nobody was declared down. */
  reconciled?(peer: NodeIdentity): void;
}

interface Member extends NodeIdentity {
  link: LinkNumber | undefined;
  joinedMs: number;
  processCount: number;
  lastHeartbeatAt: number;
  suspect: boolean;
}

/** One node's part in a cluster: it carries out what its membership decides, and moves frames. */
export class ClusterNode implements Wire {
  readonly codec: Codec;
  readonly registry: GlobalRegistryNode;
  readonly spawner: SpawnDesk;
  readonly self: NodeIdentity;
  readonly startedMs: number;

  readonly #runtime: Runtime;
  readonly #config: ClusterConfig;
  readonly #membership: Membership;
  readonly #pump: Pump<MembershipEvent, MembershipEffect>;
  readonly #requests = new RemoteRequests();
  readonly #inbound: Inbound;
  readonly #links = new Map<LinkNumber, Link>();
  readonly #members = new Map<NodeId, Member>();
  readonly #timers = new Map<MembershipTimer, Timer>();
  readonly #joinParts = new Map<string, JoinPart>();
  readonly #topics = new Map<string, (from: NodeIdentity, payload: unknown) => void>();
  readonly #listeners = new Set<MemberListener>();
  #syncInHand: Readonly<Record<string, unknown>> = {};
  #heartbeats = 0;
  #stopped = false;

  constructor(runtime: Runtime, config: ClusterConfig) {
    const { platform } = runtime;
    this.#runtime = runtime;
    this.#config = config;
    this.self = { nodeId: config.nodeId, incarnation: platform.incarnation };
    this.startedMs = platform.clock.nowMs();
    const { nodeId } = config;
    this.codec = new Codec({
      errorClasses: WIRE_ERRORS,
      completeRef: ({ id }) => ({ id, nodeId }),
    });
    this.#membership = new Membership(
      { ...config, self: this.self, addressOf },
      platform.random,
      this.startedMs,
    );
    this.#pump = new Pump<MembershipEvent, MembershipEffect>(
      this.#membership,
      (effect) => this.#perform(effect),
      () => platform.clock.nowMs(),
    );
    this.#inbound = new Inbound(runtime, this, this.#requests);
    this.registry = new GlobalRegistryNode(runtime, this.self, {
      announce: (delta) => this.#announce(delta),
      askForList: (peer) => this.send(peer, this.#names({ ask: true })),
    });
    this.spawner = new SpawnDesk(runtime, this, this.#requests, (name, ref) =>
      this.registry.register(name, ref),
    );
    this.#joinParts.set('names', {
      offer: () => this.registry.ownList(),
      accept: (peer, list) => this.registry.applyList(peer, list as NamesList),
    });
  }

  /** Listens and begins to join; resolves when others can reach this node. */
  async start(): Promise<void> {
    await this.#config.transport.listen((link) => this.#accept(link));
    this.#runtime.becomeNode(this.self.nodeId);
    this.#runtime.router = new RemoteRouter(this.#runtime, this, this.#requests);
    this.#runtime.reachable = (nodeId) => this.isConnected(nodeId);
    this.#pump.feed({ kind: 'started', seeds: this.#config.seeds });
  }

  /** Tells the others, closes every link, and fails what still waits for an answer. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#pump.feed({ kind: 'stopped' });
    const { router, localRouter } = this.#runtime;
    for (const nodeId of [...this.#members.keys()]) {
      this.#members.delete(nodeId);
      this.#runtime.nodeLost(nodeId);
      this.#requests.failAll(nodeId);
    }
    if (router instanceof RemoteRouter) this.#runtime.router = localRouter;
    await this.#config.transport.close();
  }

  send(nodeId: NodeId, frame: Frame): Delivery {
    const number = this.#members.get(nodeId)?.link;
    const link = number === undefined ? undefined : this.#links.get(number);
    if (link === undefined) return 'down';
    return link.send(encodeFrame(frame)) ? 'sent' : 'full';
  }

  /** Sends to the handler of `topic` on another node. */
  sendControl(nodeId: NodeId, topic: string, payload: unknown): Delivery {
    return this.send(nodeId, { kind: 'control', topic, payload: this.codec.pack(payload) });
  }

  onControl(topic: string, handler: (from: NodeIdentity, payload: unknown) => void): void {
    this.#topics.set(topic, handler);
  }

  onJoin(topic: string, part: JoinPart): void {
    this.#joinParts.set(topic, part);
  }

  listen(listener: MemberListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether frames can be sent to the node now. */
  isConnected(nodeId: NodeId): boolean {
    return nodeId === this.self.nodeId || this.#members.get(nodeId)?.link !== undefined;
  }

  /** Whether the node is a member: connected, or not yet given up. */
  member(nodeId: NodeId): NodeIdentity | undefined {
    return this.#members.get(nodeId);
  }

  /** Every other node ever heard of, by id. */
  nodes(): NodeInfo[] {
    return this.#membership.views().map(({ nodeId, status }) => {
      const member = this.#members.get(nodeId);
      const isJoining = status === 'connecting' || status === 'handshaking' || status === 'syncing';
      const fallback = isJoining ? 'connecting' : 'disconnected';
      return this.#info(nodeId, member === undefined ? fallback : 'connected', member);
    });
  }

  /** The other nodes that frames can be sent to now, by id. */
  connectedNodes(): NodeInfo[] {
    return this.nodes().filter((node) => this.#members.get(node.id)?.link !== undefined);
  }

  localNode(): NodeInfo {
    const { clock } = this.#runtime.platform;
    return {
      ...this.#info(this.self.nodeId, 'connected', undefined),
      processCount: this.#runtime.processes.size,
      lastHeartbeatAt: clock.wallMs(),
      uptimeMs: clock.nowMs() - this.startedMs,
    };
  }

  #info(id: NodeId, status: NodeInfo['status'], member: Member | undefined): NodeInfo {
    const { host, port } = NodeId.components(id);
    const nowMs = this.#runtime.platform.clock.nowMs();
    return {
      id,
      host,
      port,
      status,
      suspect: member?.suspect ?? false,
      processCount: member?.processCount ?? 0,
      lastHeartbeatAt: member?.lastHeartbeatAt ?? 0,
      uptimeMs: member === undefined ? 0 : nowMs - member.joinedMs,
    };
  }

  #accept(link: Link): LinkEvents {
    const number = this.#membership.nextLink();
    this.#links.set(number, link);
    this.#pump.feed({ kind: 'linkAccepted', link: number });
    return this.#eventsOf(number);
  }

  #dial(number: LinkNumber, address: Address): void {
    const link = this.#config.transport.dial(address, this.#eventsOf(number));
    this.#links.set(number, link);
  }

  #eventsOf(link: LinkNumber): LinkEvents {
    return {
      onOpen: () => this.#pump.feed({ kind: 'linkOpened', link }),
      onFrame: (bytes) => this.#frame(link, bytes),
      onClose: (reason) => this.#closed(link, reason),
    };
  }

  #closed(link: LinkNumber, reason: CloseReason): void {
    this.#links.delete(link);
    this.#pump.feed({ kind: 'linkClosed', link, reason });
  }

  #frame(link: LinkNumber, bytes: Uint8Array): void {
    if (this.#stopped) return;
    this.#runtime.enter(undefined);
    try {
      this.#receive(link, decodeFrame(bytes));
    } catch (thrown) {
      const error = toError(thrown);
      // Bytes that are no frame are the peer's fault; anything else is ours and must be seen.
      if (!(error instanceof FaultlineError)) throw error;
      this.#runtime.platform.log.warn('a link was closed for what came over it', { error });
      this.#pump.feed({ kind: 'violated', link, why: error.message });
    }
  }

  #receive(link: LinkNumber, frame: Frame): void {
    switch (frame.kind) {
      case 'hello':
      case 'welcome':
      case 'reject': {
        const message = { kind: frame.kind, payload: this.codec.decode(frame.payload) };
        return this.#pump.feed({ kind: 'handshakeReceived', link, message });
      }
      case 'sync':
        return this.#sync(link, frame);
      case 'leave':
        return this.#pump.feed({ kind: 'leaveReceived', link });
      default: {
        const nowMs = this.#runtime.platform.clock.nowMs();
        for (const effect of this.#membership.frameReceived(link, nowMs)) this.#perform(effect);
        const peer = this.#membership.carries(link);
        if (peer !== undefined) this.#serve(peer, frame);
      }
    }
  }

  #sync(link: LinkNumber, frame: FrameOf<'sync'>): void {
    const sync = this.codec.decode(frame.payload) as { peers?: unknown; parts?: unknown };
    const peers = readIdentities((sync as { peers?: unknown } | null)?.peers);
    if (peers === undefined) {
      return this.#pump.feed({ kind: 'violated', link, why: 'a malformed join exchange' });
    }
    const { parts } = sync;
    this.#syncInHand = typeof parts === 'object' ? { ...parts } : {};
    this.#pump.feed({ kind: 'syncReceived', link, peers });
  }

  #serve(
    peer: NodeIdentity,
    frame: Exclude<Frame, { kind: 'hello' | 'welcome' | 'reject' | 'sync' | 'leave' }>,
  ): void {
    switch (frame.kind) {
      case 'heartbeat':
        return this.#heartbeat(peer, frame.processCount);
      case 'ready':
        return;
      case 'spawn': {
        const answer = this.#inbound.answerTo(peer.nodeId, frame.callId);
        return this.spawner.serve(peer.nodeId, frame, answer);
      }
      case 'names':
        return this.#namesReceived(peer, this.codec.decode(frame.payload) as NamesMessage);
      case 'control':
        this.#topics.get(frame.topic)?.(peer, this.codec.decode(frame.payload));
        return;
      default:
        return this.#inbound.receive(peer.nodeId, frame);
    }
  }

  #heartbeat({ nodeId }: NodeIdentity, processCount: number): void {
    const member = this.#members.get(nodeId);
    if (member === undefined) return;
    member.processCount = processCount;
    member.lastHeartbeatAt = this.#runtime.platform.clock.wallMs();
  }

  #perform(effect: MembershipEffect): void {
    switch (effect.kind) {
      case 'dial':
        return this.#dial(effect.link, effect.address);
      case 'send':
        return this.#sendOn(effect.link, this.#handshakeFrame(effect.message));
      case 'sendSync':
        return this.#sendSync(effect.link, effect);
      case 'applySync':
        return this.#applySync(effect);
      case 'sendHeartbeat': {
        this.#heartbeats += 1;
        const processCount = this.#runtime.processes.size;
        return this.#sendOn(effect.link, {
          kind: 'heartbeat',
          processCount,
          sequence: this.#heartbeats,
        });
      }
      case 'sendLeave':
        return this.#sendOn(effect.link, { kind: 'leave' });
      case 'close': {
        const link = this.#links.get(effect.link);
        this.#links.delete(effect.link);
        return link?.close();
      }
      case 'nodeUp':
        return this.#nodeUp(effect, effect.returning);
      case 'nodeDown':
        return this.#nodeDown(effect, effect.reason);
      case 'suspected':
        return this.#suspected(effect.nodeId, effect.because);
      case 'trusted': {
        const member = this.#members.get(effect.nodeId);
        if (member !== undefined) member.suspect = false;
        return;
      }
      case 'reconciled':
        return this.#reconciled(effect);
      case 'statusChanged': {
        const { nodeId, from, to } = effect;
        return this.#fact('membership', { nodeId, from, to });
      }
      case 'schedule':
        return this.#schedule(effect.timer, effect.delayMs);
      case 'cancel':
        this.#timers.get(effect.timer)?.cancel();
        this.#timers.delete(effect.timer);
        return;
      case 'linkRefused': {
        const { by, reason, detail, nodeId } = effect;
        return this.#runtime.platform.log.info('a link came to nothing', { by, reason, detail, nodeId });
      }
      default:
        return unreachable(effect);
    }
  }

  #handshakeFrame(message: HandshakeMessage): Frame {
    return { kind: message.kind, payload: this.codec.pack(message.payload) };
  }

  #sendOn(link: LinkNumber, frame: Frame): void {
    this.#links.get(link)?.send(encodeFrame(frame));
  }

  #sendSync(link: LinkNumber, peer: NodeIdentity): void {
    const parts: Record<string, unknown> = {};
    for (const [topic, part] of this.#joinParts) parts[topic] = part.offer(peer);
    const payload = this.codec.pack({ peers: this.#membership.connectedPeers(), parts });
    this.#sendOn(link, { kind: 'sync', payload });
  }

  #applySync({ link, nodeId, incarnation }: NodeIdentity & { readonly link: LinkNumber }): void {
    const nowMs = this.#runtime.platform.clock.nowMs();
    const known = this.#members.get(nodeId);
    if (known === undefined || known.incarnation !== incarnation) {
      const fresh = { joinedMs: nowMs, processCount: 0, lastHeartbeatAt: 0, suspect: false };
      this.#members.set(nodeId, { nodeId, incarnation, link, ...fresh });
    } else {
      Object.assign(known, { link, suspect: false });
    }
    // Answers go out on the link from here on, so they are the first that the peer hears.
    for (const [topic, part] of this.#joinParts) {
      if (Object.hasOwn(this.#syncInHand, topic)) {
        part.accept({ nodeId, incarnation }, this.#syncInHand[topic]);
      }
    }
    this.#syncInHand = {};
  }

  #nodeUp({ nodeId, incarnation }: NodeIdentity, returning: boolean): void {
    this.#fact('node_up', { nodeId, incarnation, returning });
    for (const listener of [...this.#listeners]) listener.up?.({ nodeId, incarnation }, { returning });
  }

  #nodeDown({ nodeId, incarnation }: NodeIdentity, reason: NodeDownReason): void {
    this.#members.delete(nodeId);
    this.#fact('node_down', { nodeId, incarnation, reason });
    this.registry.nodeDown({ nodeId, incarnation });
    this.#inbound.nodeLost(nodeId);
    this.#requests.failAll(nodeId);
    this.#runtime.nodeLost(nodeId);
    for (const listener of [...this.#listeners]) listener.down?.({ nodeId, incarnation }, reason);
  }

  #suspected(nodeId: NodeId, because: 'link_closed' | 'silence'): void {
    const member = this.#members.get(nodeId);
    if (member === undefined) return;
    member.suspect = true;
    if (because === 'silence') return;
    member.link = undefined;
    // The answers may have been on the link that is gone.
    this.#requests.failAll(nodeId);
  }

  #reconciled({ nodeId, incarnation }: NodeIdentity): void {
    this.#fact('node_reconciled', { nodeId, incarnation });
    this.#runtime.reassert(nodeId);
    for (const listener of [...this.#listeners]) listener.reconciled?.({ nodeId, incarnation });
  }

  #schedule(timer: MembershipTimer, delayMs: number): void {
    this.#timers.get(timer)?.cancel();
    const fire = (): void => {
      this.#timers.delete(timer);
      this.#runtime.enter(undefined);
      this.#pump.feed({ kind: 'timerFired', timer });
    };
    this.#timers.set(timer, this.#runtime.platform.timers.after(delayMs, fire));
  }

  #announce(delta: NamesDelta): void {
    for (const { nodeId } of this.#members.values()) this.send(nodeId, this.#names({ delta }));
  }

  #names(message: NamesMessage): Frame {
    return { kind: 'names', payload: this.codec.pack(message) };
  }

  #namesReceived(peer: NodeIdentity, message: NamesMessage): void {
    if ('delta' in message) this.registry.applyDelta(peer, message.delta);
    else if ('list' in message) this.registry.applyList(peer, message.list);
    else this.send(peer.nodeId, this.#names({ list: this.registry.ownList() }));
  }

  #fact(topic: string, fields: Readonly<Record<string, unknown>>): void {
    this.#runtime.probe?.({ kind: 'fact', topic, fields });
  }
}

type NamesMessage =
  { readonly delta: NamesDelta } | { readonly list: NamesList } | { readonly ask: true };
