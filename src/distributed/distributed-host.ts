import { unreachable } from '../base/assert.js';
import { type Deferred, deferred } from '../base/deferred.js';
import type { Fence, FenceOwner } from '../base/fence.js';
import type { NodeId } from '../base/node-id.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import { stopServer } from '../otp/gen-server.js';
import { SupervisionKernel } from '../otp/supervision/kernel.js';
import type { Exit, KernelEffect } from '../otp/supervision/kernel-effect.js';
import type { KernelEvent, LostEvent } from '../otp/supervision/kernel-event.js';
import type { KernelOptions } from '../otp/supervision/kernel-options.js';
import { Pump } from '../otp/supervision/pump.js';
import type { TerminateReason } from '../runtime/exit-reason.js';
import type { Process, Receiver } from '../runtime/process.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Mail } from '../runtime/signal.js';
import type { ChildEnd } from './child-report.js';
import type { ChildHandle, DistributedChildTemplate, PlacedSpec } from './distributed-child.js';
import {
  DistributedMaxRestartsExceededError,
  DistributedSupervisorError,
} from './distributed-error.js';
import type { DistributedSupervisorEvent, DistributedSupervisorRef } from './distributed-event.js';
import { DRAINS } from './drains.js';
import { HostRecord } from './host-record.js';
import { type Legacy, idsOf, newsFact, resumedFact } from './legacy.js';
import { LifecycleTeller, type StopReason, endText } from './lifecycle-teller.js';
import { NAMED_SELECTORS } from './named-selectors.js';
import type { NodeSelector } from './node-selector.js';
import type { OwnerGuard } from './owner-guard.js';
import type { PlacedLoads } from './placed-loads.js';
import { PlacedChildren } from './placed-children.js';
import { OrderDesk } from './order-desk.js';
import type { SettledHead } from './record-keeper.js';
import { REPLICAS } from './replicas.js';
import type { Replication } from './replication.js';
import { RequestDesk } from './request-desk.js';
import type { TakeoverPolicy } from './takeover-policy.js';

export interface DistributedHostOptions extends KernelOptions {
  readonly children: readonly PlacedSpec[];
  readonly nodeSelector: NodeSelector;
  readonly spawnTimeoutMs: number;
  readonly orphanTimeoutMs: number;
  readonly loads: PlacedLoads;
  readonly tell: (event: DistributedSupervisorEvent) => void;
  readonly owner: FenceOwner;
  readonly guard: OwnerGuard;
  readonly settled: SettledHead;
  readonly takeover: TakeoverPolicy | undefined;
  /** For `simple_one_for_one`. */
  readonly template: DistributedChildTemplate | undefined;
  /** What an earlier owner left; absent at the first start. */
  readonly legacy?: Legacy | undefined;
  /** Called once, when the supervisor is over. */
  readonly ended: () => void;
}

type Effect = KernelEffect<PlacedSpec, ChildHandle>;
type Event = KernelEvent<PlacedSpec, ChildHandle>;

/**
 * The process around a supervision kernel whose children are placed on nodes.
 *
 * The kernel decides who starts and stops; `PlacedChildren` carries it out on the nodes. What
 * others have to know is told them with every change, and who asked for one is answered once it is
 * safe.
 */
export class DistributedHost implements Receiver {
  readonly kernel: SupervisionKernel<PlacedSpec, ChildHandle>;
  readonly ref: DistributedSupervisorRef;
  readonly options: DistributedHostOptions;
  readonly owner: FenceOwner;
  /** Resolves when every initial child runs; rejects with what kept one from starting. */
  readonly ready: Deferred<DistributedSupervisorRef> = deferred();
  readonly startedAt: number;
  exceeded: DistributedMaxRestartsExceededError | undefined;
  readonly teller: LifecycleTeller;
  /** Children that had to come back because their node was lost. */
  nodeFailureRestarts = 0;
  /** How many children were made from the template so far. */
  madeCount = 0;

  readonly #runtime: Runtime;
  readonly #pump: Pump<Event, Effect>;
  readonly #children: PlacedChildren;
  readonly #record: HostRecord;
  readonly #desk: RequestDesk;
  readonly #orders: OrderDesk;
  readonly #retries = new WeakSet<object>();
  readonly #unlisten: () => void;
  #self!: Process;
  #ended: Deferred<void> | undefined;
  /** It belongs to another node, or is to. */
  #isGivenAway = false;

  constructor(
    runtime: Runtime,
    cluster: ClusterNode,
    ref: DistributedSupervisorRef,
    options: DistributedHostOptions,
  ) {
    const { clock } = runtime.platform;
    this.#runtime = runtime;
    this.ref = ref;
    this.options = options;
    this.owner = options.owner;
    this.startedAt = options.settled.startedAt;
    this.teller = new LifecycleTeller(ref, options.tell);
    this.#desk = new RequestDesk(ref.id);
    this.kernel = new SupervisionKernel(options);
    this.#record = new HostRecord(runtime, cluster.codec, {
      ref,
      ...options,
      kernel: this.kernel,
      counted: () => {
        const { totalRestarts } = this.teller;
        const { nodeFailureRestarts, madeCount } = this;
        return { totalRestarts, nodeFailureRestarts, madeCount };
      },
      superseded: (by) => this.#superseded(by),
    });
    this.#children = new PlacedChildren(runtime, cluster, {
      id: ref.id,
      ...options,
      feed: (event) => this.#feed(event),
      noteHeld: (childId, held) => this.#desk.noteHeld(childId, held),
      lost: (nodeId, children) => this.#lost(nodeId, children),
      fact: (topic, fields) => this.#fact(topic, fields),
    });
    this.#orders = new OrderDesk({
      id: ref.id,
      options,
      desk: this.#desk,
      placed: this.#children,
      children: this.kernel,
      nextChildId: () => `child_${(this.madeCount += 1)}`,
      feed: (request) => this.#feed(request),
    });
    this.#pump = new Pump<Event, Effect>(
      this.kernel,
      (effect) => this.#perform(effect),
      () => clock.nowMs(),
    );
    this.#unlisten = this.#listen(cluster);
  }

  init(self: Process): void {
    this.#self = self;
    self.onExit = () => this.#over();
    const { legacy, children } = this.options;
    if (legacy === undefined) this.#feed({ kind: 'start', children });
    else this.#goOn(legacy);
  }

  receive(mail: Mail): void {
    if (mail.kind === 'call') this.#orders.take(mail);
    else if (mail.kind === 'info' && this.#retries.has(mail.message as object)) {
      this.#feed(mail.message as Event);
    }
  }

  /** The kernel stops the children first. It may have ended already, on its own account. */
  terminate(reason: TerminateReason): Promise<void> | void {
    if (this.kernel.phase === 'ended' || this.#isGivenAway) return;
    this.#ended = deferred();
    this.#stop(reason === 'normal' ? 'normal' : 'shutdown');
    return this.#ended.promise;
  }

  /** Whether the supervisor counts on what `host` says that it runs. */
  wants(host: NodeId, fence: Fence): boolean {
    return this.#children.wants(host, fence);
  }

  /** A host says how a child ended. */
  childEnded(host: NodeId, end: ChildEnd): void {
    this.#children.hostEnded(host, end);
  }

  /** Has what runs there under this fence ended: nobody wants it. */
  endOn(host: NodeId, fence: Fence): void {
    this.#children.endOn(host, [fence]);
  }

  #stop(reason: 'normal' | 'shutdown'): void {
    this.#fact('supervisor_stopping', {});
    this.#feed({ kind: 'stop', reason });
  }

  #feed(event: Event): void {
    if (this.#isGivenAway) return;
    this.#pump.feed(event);
    this.#record.publish();
  }

  #listen(cluster: ClusterNode): () => void {
    const available = (): void => this.#feed({ kind: 'available' });
    this.options.guard.available = available;
    const parts = [
      cluster.listen({
        up: available,
        down: (peer) => this.#children.nodeDown(peer),
        reconciled: (peer) => {
          this.#children.reconciled(peer);
          available();
        },
        leaving: () => this.#leaving(),
      }),
      this.#runtime.use(NAMED_SELECTORS).listen(available),
      this.#runtime.use(DRAINS).listen((nodeId, isDrained) => {
        if (isDrained) return this.#orders.mover.clear(nodeId);
        this.#orders.mover.reopen(nodeId);
        available();
      }),
    ];
    return () => parts.forEach((unlisten) => unlisten());
  }

  #goOn({ from, replication, memory, counted, isEnding, news }: Legacy): void {
    this.ready.resolve(this.ref);
    this.#record.takeUp(replication);
    this.teller.totalRestarts = counted.totalRestarts;
    this.nodeFailureRestarts = counted.nodeFailureRestarts;
    this.madeCount = counted.madeCount;
    const gone = new Set(news.flatMap(idsOf));
    const children = memory.children.map((child) => {
      const { spec, state, attempt, handle } = child;
      if (state !== 'running' || handle === undefined || gone.has(spec.id)) return child;
      return { ...child, handle: this.#children.adopt(spec.id, attempt, spec, handle) };
    });
    this.kernel.resume({ ...memory, children }, this.#runtime.platform.clock.nowMs());
    this.#record.publishAll();
    this.#fact('supervisor_resumed', resumedFact(this.options, children, memory));
    for (const { spec, handle } of children) if (handle) this.teller.isAt(spec.id, handle.nodeId);
    this.teller.takenOver(from);
    this.#children.watchAdopted();
    // First of all: what is lost need not come back.
    if (isEnding) this.#stop('shutdown');
    // A restart that was under way goes on, and news of what it reaches is no cause of its own.
    this.#feed({ kind: 'takeUp' });
    for (const event of news) this.#hear(from, event);
    for (const nodeId of this.#runtime.use(DRAINS).all()) this.#orders.mover.clear(nodeId);
  }

  /** What happened before this node looked. */
  #hear(from: NodeId, event: Legacy['news'][number]): void {
    this.#fact(...newsFact(from, event));
    if (event.kind === 'lost') return this.#lost(from, event.children);
    this.options.guard.known(event.id);
    this.#feed(event);
  }

  get #replication(): Replication | undefined {
    return this.#record.replication;
  }

  #ready(): void {
    const ready = (): void => {
      this.ready.resolve(this.ref);
      this.teller.started();
    };
    this.#record.found().whenSafe(() => this.options.guard.whenAuthorised(ready));
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'start':
        return this.#children.start(effect.id, effect.attempt, effect.spec);
      case 'stop':
        return this.#children.stop(effect.id, effect.attempt);
      case 'abandon':
        return this.#children.abandon(effect.attempt);
      case 'retry':
        this.#retries.add(effect);
        this.#self.post({ kind: 'info', message: effect });
        return;
      case 'ready':
        return this.#ready();
      case 'reply':
        return this.#reply(effect);
      case 'report':
        this.#runtime.platform.log.info(`distributed supervisor: ${effect.context}`, {
          supervisor: this.ref.id,
          child: effect.id,
          reason: effect.reason,
        });
        return this.#fact('report', { context: effect.context, childId: effect.id });
      case 'childStarted':
      case 'childRestarted':
        return this.#up(effect);
      case 'childStopped':
        return this.teller.childStopped(effect, this.kernel.child(effect.id) === undefined);
      case 'inspected':
        return;
      case 'exit':
        return this.#exit(effect);
      default:
        return unreachable(effect);
    }
  }

  /** It may have been on its way to a node that was drained in the meantime. */
  #up(notice: Parameters<LifecycleTeller['childUp']>[0]): void {
    this.teller.childUp(notice);
    const { nodeId } = notice.handle;
    if (this.#runtime.use(DRAINS).has(nodeId)) this.#orders.mover.clear(nodeId);
  }

  #lost(nodeId: NodeId, children: LostEvent['children']): void {
    const childIds = children.map(({ id }) => id);
    this.teller.nodeFailed(nodeId, childIds);
    this.#feed({ kind: 'lost', children, reason: 'noconnection' });
    this.nodeFailureRestarts += childIds.filter((id) => this.#isComingBack(id)).length;
  }

  #isComingBack(childId: string): boolean {
    const status = this.kernel.child(childId)?.status;
    return status !== undefined && status !== 'stopped' && status !== 'stopping';
  }

  /** What was done is told once it cannot be lost any more. */
  #reply(effect: Extract<Effect, { kind: 'reply' }>): void {
    const reply = (): void => this.#desk.reply(effect, this.exceeded);
    if (this.#replication === undefined || !effect.result.ok) return reply();
    this.#record.publish();
    this.#replication.whenSafe(reply);
  }

  #exit(exit: Exit): void {
    if (exit.cause === 'max_restarts') {
      const { maxRestarts, withinMs } = this.options.intensity;
      this.exceeded = new DistributedMaxRestartsExceededError(this.ref.id, maxRestarts, withinMs);
    }
    if (exit.cause === 'start_failed') {
      this.ready.reject(this.#desk.startError(exit.failed));
    }
    this.#closeBooks(exit.cause, endText(exit));
    if (this.#ended === undefined) this.#self.exit(exit.reason);
    else this.#ended.resolve();
  }

  /** Tells everybody who may still wait for something that it will not come. */
  #closeBooks(cause: string, reason: StopReason): void {
    this.#fact('supervisor_ended', { cause });
    const why = 'it ended before all its children ran';
    this.ready.reject(this.exceeded ?? new DistributedSupervisorError(this.ref.id, why));
    this.teller.stopped(reason);
    this.#orders.mover.close();
    this.#desk.close(this.exceeded ?? this.#outcomeUnknown());
    if (!this.#isGivenAway) this.#runtime.use(REPLICAS).over(this.ref.id);
  }

  /** What was asked may have been done, or may be done by the next owner. */
  #outcomeUnknown(): Error | undefined {
    if (!this.#isGivenAway) return undefined;
    const why = 'it went to another node before it answered: whether it was done is unknown';
    return new DistributedSupervisorError(this.ref.id, why);
  }

  /** Others can go on with it when this node leaves; otherwise it ends. */
  #leaving(): Promise<void> | void {
    const standbys = this.#replication?.record.head.standbys ?? [];
    if (standbys.length === 0) return stopServer(this.#runtime, this.ref, 'shutdown');
    this.#giveAway('handed_over');
  }

  #superseded({ ownerNode: by }: FenceOwner): void {
    const isOwn = by === this.ref.nodeId;
    const what = isOwn ? 'goes on under a later term' : 'stands back: another node has it now';
    this.#runtime.platform.log.warn(`a supervisor ${what}`, { supervisor: this.ref.id, by });
    this.#giveAway('superseded');
  }

  #giveAway(cause: string): void {
    if (this.#isGivenAway || this.kernel.phase === 'ended') return;
    this.#isGivenAway = true;
    this.#unlisten();
    this.#children.letGo();
    this.options.guard.close({ isHandedOver: cause === 'handed_over' });
    this.#closeBooks(cause, 'taken_over');
    this.#self.exit('shutdown');
  }

  /** Ends what a killed supervisor leaves behind; a stopped one has left nothing. */
  #over(): void {
    this.#unlisten();
    if (this.kernel.phase !== 'ended' && !this.#isGivenAway) {
      this.#closeBooks('killed', 'shutdown');
    }
    if (!this.#isGivenAway) this.#children.endAll();
    this.options.guard.close({ isHandedOver: false });
    this.options.ended();
  }

  #fact(topic: string, fields: Readonly<Record<string, unknown>>): void {
    const { id: supervisorId } = this.ref;
    this.#runtime.probe?.({ kind: 'fact', topic, fields: { supervisorId, ...fields } });
  }
}
