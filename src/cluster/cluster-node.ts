import { unreachable } from '../base/assert.js';
import type { NodeId } from '../base/node-id.js';
import { Pump } from '../otp/supervision/pump.js';
import { ERROR_CLASSES } from '../runtime/error-classes.js';
import type { Delivery } from '../runtime/router.js';
import type { Runtime } from '../runtime/runtime.js';
import { Alarms } from './alarms.js';
import { ArrivalClock } from './arrival-clock.js';
import { type ClusterConfig, addressOf } from './cluster-config.js';
import { VERSION_EXCHANGE } from './behavior-exchange.js';
import { Codec } from './codec.js';
import type { ProcessRef } from './codec-process-ref.js';
import type { SeedBook } from './discovery-search.js';
import type { Frame, FrameOf } from './frame.js';
import { GlobalRegistryNode } from './global-registry.js';
import type { NodeIdentity } from './handshake-message.js';
import { Inbound } from './inbound.js';
import { JoinExchange, type JoinPart } from './join-exchange.js';
import { labelsPart } from './labels-part.js';
import { loadPart } from './load-part.js';
import { Members, localInfo, nodeInfo } from './members.js';
import { MemberPost } from './member-post.js';
import { type MemberListener, MemberListeners } from './member-listeners.js';
import { Membership } from './membership.js';
import type {
  LinkNumber,
  MembershipEffect,
  MembershipEvent,
  MembershipTimer,
  NodeDownReason,
} from './membership-event.js';
import type { NamesMessage } from './names-message.js';
import { namesPart } from './names-part.js';
import type { NodeInfo } from './node-info.js';
import { NumberedLinks } from './numbered-links.js';
import { RemoteRequests } from './remote-requests.js';
import { RemoteRouter } from './remote-router.js';
import { SpawnDesk } from './remote-spawn.js';
import type { Wire } from './wire.js';

/** One node's part in a cluster: it carries out what its membership decides, and moves frames. */
export class ClusterNode implements Wire {
  readonly codec: Codec;
  readonly registry: GlobalRegistryNode;
  readonly spawner: SpawnDesk;
  readonly self: NodeIdentity;
  readonly seeds: SeedBook;
  readonly startedMs: number;
  readonly config: ClusterConfig;
  readonly #runtime: Runtime;
  readonly #membership: Membership;
  readonly #pump: Pump<MembershipEvent, MembershipEffect>;
  readonly #requests = new RemoteRequests();
  readonly #inbound: Inbound;
  readonly #links: NumberedLinks;
  readonly #members = new Members();
  readonly #post: MemberPost;
  /** Where this node's part of the join exchange went, and so whatever it changes since. */
  readonly #told = new Map<NodeId, LinkNumber>();
  readonly #arrivals = new ArrivalClock(() => this.#runtime.platform.clock.nowMs());
  readonly #alarms: Alarms<MembershipTimer>;
  readonly #join = new JoinExchange();
  readonly #topics = new Map<string, (from: NodeIdentity, payload: unknown) => void>();
  readonly #listeners: MemberListeners;
  #heartbeats = 0;
  #stopped = false;
  #leaving: Promise<void> | undefined;

  /** `self` is a life of the node that nobody has met before. */
  constructor(runtime: Runtime, config: ClusterConfig, self: NodeIdentity) {
    const { platform } = runtime;
    this.#runtime = runtime;
    this.config = config;
    this.self = self;
    this.startedMs = platform.clock.nowMs();
    const completeRef = ({ id }: ProcessRef): ProcessRef => ({ id, nodeId: self.nodeId });
    this.codec = new Codec({ errorClasses: runtime.use(ERROR_CLASSES), completeRef });
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
    // Whatever comes from outside begins a turn of this node.
    const feed = (event: MembershipEvent): void => {
      runtime.enter(undefined);
      this.#pump.feed(event);
    };
    this.seeds = {
      found: (addresses) => feed({ kind: 'seedsFound', addresses }),
      areMissing: () => this.#membership.seedsMissing(),
    };
    this.#links = new NumberedLinks(config, platform.log, {
      accepted: (link) => feed({ kind: 'linkAccepted', link }),
      opened: (link) => feed({ kind: 'linkOpened', link }),
      closed: (link, reason) => feed({ kind: 'linkClosed', link, reason }),
      frame: (link, frame) => {
        runtime.enter(undefined);
        this.#receive(link, frame);
      },
      violated: (link, why) => feed({ kind: 'violated', link, why }),
    });
    this.#post = new MemberPost(this.#members, this.#links);
    this.#alarms = new Alarms(platform.timers, (timer) => feed({ kind: 'timerFired', timer }));
    this.#listeners = new MemberListeners(platform.log);
    this.#inbound = new Inbound(runtime, this, this.#requests);
    const names = { ...config.globalNames, self };
    this.registry = new GlobalRegistryNode(runtime, names, {
      // Whoever was sent the list is told its changes, also while its own part is on the way.
      tellAll: (message) => {
        for (const link of this.#told.values()) this.#links.send(link, this.#names(message));
      },
      tell: (peer, message) => this.send(peer, this.#names(message)),
    });
    this.spawner = new SpawnDesk(runtime, this, this.#requests, (name, ref) =>
      this.registry.register(name, ref),
    );
    this.#join.add('names', namesPart(this.registry));
    this.#join.add('load', loadPart(runtime, this.#members));
    this.#join.add('labels', labelsPart(config.labels, this.#members));
  }

  /**
   * Listens and begins to join; resolves when others can reach this node. Rejects with ListenError,
   * and then nothing is left of it.
   */
  async start(): Promise<void> {
    try {
      await this.#links.listen(() => this.#membership.nextLink());
    } catch (error) {
      this.#stopped = true;
      this.registry.close();
      await this.config.transport.close();
      throw error;
    }
    this.#runtime.becomeNode(this.self.nodeId);
    this.#runtime.router = new RemoteRouter(this.#runtime, this, this.#requests);
    this.#runtime.reachable = (nodeId) => this.isConnected(nodeId);
    this.#pump.feed({ kind: 'started', seeds: this.config.seeds });
  }

  /**
   * Lets the floors above end what they run elsewhere, tells the others, closes every link, and
   * fails what still waits for an answer. Stopping twice is stopping once.
   */
  stop(): Promise<void> {
    return (this.#leaving ??= this.#leave());
  }

  async #leave(): Promise<void> {
    await this.#listeners.leaving();
    this.#runtime.enter(undefined);
    this.#pump.feed({ kind: 'stopped' });
    this.#stopped = true;
    const { router, localRouter } = this.#runtime;
    for (const nodeId of this.#members.ids()) {
      this.#members.remove(nodeId);
      this.#requests.failAll(nodeId);
      this.#inbound.linkLost(nodeId);
      this.#runtime.nodeLost(nodeId);
    }
    if (router instanceof RemoteRouter) this.#runtime.router = localRouter;
    this.registry.close();
    await this.#listeners.left();
    await this.config.transport.close();
  }

  send(nodeId: NodeId, frame: Frame): Delivery {
    return this.#post.send(nodeId, frame);
  }

  sendOrKeep(nodeId: NodeId, frame: Frame): Delivery {
    return this.#post.sendOrKeep(nodeId, frame);
  }

  /** Sends to the handler of `topic` on another node. */
  sendControl(nodeId: NodeId, topic: string, payload: unknown): Delivery {
    return this.send(nodeId, { kind: 'control', topic, payload: this.codec.pack(payload) });
  }

  /** `handler` throws a FrameError on a payload that is none of its: the link is closed then. */
  onControl(topic: string, handler: (from: NodeIdentity, payload: unknown) => void): void {
    this.#topics.set(topic, handler);
  }

  onJoin<Offer>(topic: string, part: JoinPart<Offer>): void {
    this.#join.add(topic, part);
  }

  listen(listener: MemberListener): () => void {
    return this.#listeners.add(listener);
  }

  /** Whether frames can be sent to the node now. */
  isConnected(nodeId: NodeId): boolean {
    return nodeId === this.self.nodeId || this.#members.get(nodeId)?.link !== undefined;
  }

  /** Whether the node is a member: connected, or not yet given up. */
  member(nodeId: NodeId): NodeIdentity | undefined {
    return this.#members.get(nodeId);
  }

  /** The nodes that are members, connected or not yet given up. */
  memberIds(): NodeId[] {
    return this.#members.ids();
  }

  /** Requests that wait for an answer: of this node, and those that it serves. */
  get pending(): { readonly asked: number; readonly serving: number } {
    return { asked: this.#requests.size, serving: this.#inbound.callerCount };
  }

  /** Every other node ever heard of, by id. */
  nodes(): NodeInfo[] {
    const nowMs = this.#runtime.platform.clock.nowMs();
    const versions = this.#runtime.use(VERSION_EXCHANGE);
    return this.#membership.views().map(({ nodeId, status }) => {
      const member = this.#members.get(nodeId);
      return nodeInfo(nodeId, status, member, nowMs, versions.mismatchesWith(nodeId));
    });
  }

  /** The other nodes that frames can be sent to now, by id. */
  connectedNodes(): NodeInfo[] {
    return this.nodes().filter((node) => this.#members.get(node.id)?.link !== undefined);
  }

  localNode(): NodeInfo {
    const { platform, processes } = this.#runtime;
    const { labels } = this.config;
    const self = { id: this.self.nodeId, startedMs: this.startedMs, labels };
    return localInfo(self, processes.size, platform.clock);
  }

  #receive(link: LinkNumber, frame: Frame): void {
    if (this.#stopped) return;
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
        const nowMs = this.#arrivals.nowMs();
        const effects = this.#membership.frameReceived(link, nowMs);
        if (effects.length > 0) for (const effect of effects) this.#perform(effect);
        const peer = this.#membership.carries(link);
        if (peer !== undefined) this.#serve(peer, frame, nowMs);
      }
    }
  }

  #sync(link: LinkNumber, frame: FrameOf<'sync'>): void {
    const peers = this.#join.take(this.codec.decode(frame.payload));
    if (peers === undefined)
      return this.#pump.feed({ kind: 'violated', link, why: 'a malformed join exchange' });
    this.#pump.feed({ kind: 'syncReceived', link, peers });
  }

  #serve(
    peer: NodeIdentity,
    frame: Exclude<Frame, { kind: 'hello' | 'welcome' | 'reject' | 'sync' | 'leave' }>,
    nowMs: number,
  ): void {
    switch (frame.kind) {
      case 'heartbeat':
        return this.#heard(peer, frame.processCount);
      case 'ready':
        return;
      case 'spawn':
        return this.spawner.serve(peer.nodeId, frame, () =>
          this.#inbound.answerTo(peer.nodeId, frame.callId),
        );
      case 'names':
        return this.registry.receive(peer, this.codec.decode(frame.payload));
      case 'control':
        this.#topics.get(frame.topic)?.(peer, this.codec.decode(frame.payload));
        return;
      default:
        return this.#inbound.receive(peer.nodeId, frame, nowMs);
    }
  }

  #heard({ nodeId }: NodeIdentity, processCount: number): void {
    this.#members.heard(nodeId, processCount, this.#runtime.platform.clock.wallMs());
  }

  #perform(effect: MembershipEffect): void {
    switch (effect.kind) {
      case 'dial':
        return this.#links.dial(effect.link, effect.address);
      case 'send': {
        const { kind, payload } = effect.message;
        return void this.#links.send(effect.link, { kind, payload: this.codec.pack(payload) });
      }
      case 'sendSync':
        return this.#sendSync(effect.link, effect);
      case 'applySync':
        return this.#applySync(effect);
      case 'sendHeartbeat': {
        const processCount = this.#runtime.processes.size;
        const frame = { kind: 'heartbeat', processCount, sequence: ++this.#heartbeats } as const;
        return void this.#links.send(effect.link, frame);
      }
      case 'sendLeave':
        return void this.#links.send(effect.link, { kind: 'leave' });
      case 'close':
        return this.#links.close(effect.link);
      case 'nodeUp':
        return this.#nodeUp(effect, effect.returning);
      case 'nodeDown':
        return this.#nodeDown(effect, effect.reason);
      case 'suspected':
        return this.#suspected(effect.nodeId, effect.because);
      case 'trusted':
        return this.#members.trust(effect.nodeId);
      case 'reconciled':
        return this.#reconciled(effect);
      case 'statusChanged': {
        const { nodeId, from, to } = effect;
        return this.#fact('membership', { nodeId, from, to });
      }
      case 'schedule':
        return this.#alarms.set(effect.timer, effect.delayMs);
      case 'cancel':
        return this.#alarms.cancel(effect.timer);
      case 'linkRefused': {
        const { by, reason, detail, nodeId } = effect;
        const { log } = this.#runtime.platform;
        return log.info('a link came to nothing', { by, reason, detail, nodeId });
      }
      default:
        return unreachable(effect);
    }
  }

  #sendSync(link: LinkNumber, peer: NodeIdentity): void {
    const offer = this.#join.offerTo(peer, this.#membership.connectedPeers());
    const payload = this.codec.pack(offer);
    this.#links.send(link, { kind: 'sync', payload });
    this.#told.set(peer.nodeId, link);
  }

  #applySync({ link, nodeId, incarnation }: NodeIdentity & { readonly link: LinkNumber }): void {
    this.#links.trust(link);
    // Answers go out on the link from here on, so they are the first that the peer hears.
    this.#members.join({ nodeId, incarnation }, link, this.#runtime.platform.clock.nowMs());
    this.#join.accept({ nodeId, incarnation });
  }

  #nodeUp({ nodeId, incarnation }: NodeIdentity, returning: boolean): void {
    this.#fact('node_up', { nodeId, incarnation, returning });
    this.#listeners.up({ nodeId, incarnation }, returning);
  }

  #nodeDown({ nodeId, incarnation }: NodeIdentity, reason: NodeDownReason): void {
    this.#members.remove(nodeId);
    this.#fact('node_down', { nodeId, incarnation, reason });
    this.registry.nodeDown({ nodeId, incarnation });
    this.#inbound.linkLost(nodeId);
    this.#requests.failAll(nodeId);
    this.#runtime.nodeLost(nodeId);
    this.#listeners.down({ nodeId, incarnation }, reason);
  }

  #suspected(nodeId: NodeId, because: 'link_closed' | 'silence'): void {
    const hasLink = because === 'silence';
    this.#members.suspect(nodeId, { hasLink });
    if (hasLink) return;
    // Answers may have been on the link that is gone, in either direction.
    this.#requests.failAll(nodeId);
    this.#inbound.linkLost(nodeId);
  }

  #reconciled({ nodeId, incarnation }: NodeIdentity): void {
    this.#fact('node_reconciled', { nodeId, incarnation });
    // Before the relations are told anew: that would make a noproc of every end.
    this.#post.sendKept(nodeId);
    this.#runtime.reassert(nodeId);
    this.#listeners.reconciled({ nodeId, incarnation });
  }

  #names(message: NamesMessage): Frame {
    return { kind: 'names', payload: this.codec.pack(message) };
  }

  #fact(topic: string, fields: Readonly<Record<string, unknown>>): void {
    this.#runtime.probe?.({ kind: 'fact', topic, fields });
  }
}
