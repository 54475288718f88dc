import { unreachable } from '../base/assert.js';
import { type Deferred, deferred } from '../base/deferred.js';
import { toError } from '../base/errors.js';
import type { NodeId } from '../base/node-id.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import type { NodeIdentity } from '../cluster/handshake-message.js';
import { stopServer } from '../otp/gen-server.js';
import { shutDown } from '../otp/shutdown.js';
import { SupervisionKernel } from '../otp/supervision/kernel.js';
import type { Exit, KernelEffect } from '../otp/supervision/kernel-effect.js';
import type { KernelEvent } from '../otp/supervision/kernel-event.js';
import type { KernelOptions } from '../otp/supervision/kernel-options.js';
import { Pump } from '../otp/supervision/pump.js';
import { NodeNotReachableError } from '../runtime/call-error.js';
import { type ExitReason, type TerminateReason, reasonText } from '../runtime/exit-reason.js';
import type { Process, Receiver } from '../runtime/process.js';
import type { Runtime } from '../runtime/runtime.js';
import type { CallSignal, Mail } from '../runtime/signal.js';
import { candidatesOf } from './candidates.js';
import { CHILD_HOST, endOn } from './child-host.js';
import type { ChildEnd } from './child-report.js';
import type { ChildHandle, PlacedSpec } from './distributed-child.js';
import {
  DistributedMaxRestartsExceededError,
  DistributedSupervisorError,
} from './distributed-error.js';
import type { DistributedSupervisorEvent, DistributedSupervisorRef } from './distributed-event.js';
import { type Fence, fenceKey } from '../base/fence.js';
import { type Incarnation, Incarnations } from './incarnations.js';
import { LifecycleTeller, type StopReason, endText } from './lifecycle-teller.js';
import type { NodeSelector } from './node-selector.js';
import type { PlacedLoads } from './placed-loads.js';
import { Placement } from './placement.js';
import { RequestDesk } from './request-desk.js';
import { startFailure } from './request-failure.js';

export interface DistributedHostOptions extends KernelOptions {
  readonly children: readonly PlacedSpec[];
  readonly nodeSelector: NodeSelector;
  readonly spawnTimeoutMs: number;
  readonly orphanTimeoutMs: number;
  readonly loads: PlacedLoads;
  readonly tell: (event: DistributedSupervisorEvent) => void;
  /** Called once, when the supervisor is over. */
  readonly ended: () => void;
}

type Effect = KernelEffect<PlacedSpec, ChildHandle>;
type Event = KernelEvent<PlacedSpec, ChildHandle>;

/**
 * The process around a supervision kernel whose children are placed on nodes.
 *
 * The kernel decides who starts and stops; this host chooses the node of every start, asks it, and
 * turns what becomes of nodes and links into the kernel's words. The loss of a node is one event,
 * however many children it took.
 */
export class DistributedHost implements Receiver {
  readonly kernel: SupervisionKernel<PlacedSpec, ChildHandle>;
  readonly ref: DistributedSupervisorRef;
  readonly options: DistributedHostOptions;
  /** Resolves when every initial child runs; rejects with what kept one from starting. */
  readonly ready: Deferred<DistributedSupervisorRef> = deferred();
  readonly startedAt: number;
  exceeded: DistributedMaxRestartsExceededError | undefined;
  readonly teller: LifecycleTeller;
  /** Children that had to come back because their node was lost. */
  nodeFailureRestarts = 0;

  readonly #runtime: Runtime;
  readonly #cluster: ClusterNode;
  readonly #pump: Pump<Event, Effect>;
  readonly #placement: Placement;
  readonly #incarnations = new Incarnations();
  readonly #desk: RequestDesk;
  readonly #retries = new WeakSet<object>();
  readonly #unlisten: () => void;
  #self!: Process;
  #ended: Deferred<void> | undefined;

  constructor(
    runtime: Runtime,
    cluster: ClusterNode,
    ref: DistributedSupervisorRef,
    options: DistributedHostOptions,
  ) {
    const { clock, random } = runtime.platform;
    this.#runtime = runtime;
    this.#cluster = cluster;
    this.ref = ref;
    this.options = options;
    this.startedAt = clock.wallMs();
    this.teller = new LifecycleTeller(ref, options.tell);
    this.#desk = new RequestDesk(ref.id);
    this.kernel = new SupervisionKernel(options);
    this.#placement = new Placement(random, options.loads);
    this.#pump = new Pump<Event, Effect>(
      this.kernel,
      (effect) => this.#perform(effect),
      () => clock.nowMs(),
    );
    this.#unlisten = cluster.listen({
      up: () => this.#pump.feed({ kind: 'available' }),
      down: (peer) => this.#nodeDown(peer),
      reconciled: (peer) => this.#reconciled(peer),
      leaving: () => stopServer(runtime, this.ref, 'shutdown'),
    });
  }

  init(self: Process): void {
    this.#self = self;
    self.onExit = () => this.#over();
    this.#pump.feed({ kind: 'start', children: this.options.children });
  }

  receive(mail: Mail): void {
    if (mail.kind === 'call') this.#request(mail);
    else if (mail.kind === 'info' && this.#retries.has(mail.message as object)) {
      this.#pump.feed(mail.message as Event);
    }
  }

  /** The kernel stops the children first. It may have ended already, on its own account. */
  terminate(reason: TerminateReason): Promise<void> | void {
    if (this.kernel.phase === 'ended') return;
    this.#ended = deferred();
    this.#fact('supervisor_stopping', {});
    this.#pump.feed({ kind: 'stop', reason: reason === 'normal' ? 'normal' : 'shutdown' });
    return this.#ended.promise;
  }

  /** Whether the supervisor counts on what `host` says that it runs. */
  wants(host: NodeId, fence: Fence): boolean {
    return this.#wanted(host, fence) !== undefined;
  }

  /** A host says how a child ended. That it started may not have been told yet. */
  childEnded(host: NodeId, { fence, processId, reason }: ChildEnd): void {
    const incarnation = this.#wanted(host, fence);
    if (incarnation === undefined) return;
    if (incarnation.handle === undefined) {
      this.#acknowledge(incarnation, { id: processId, nodeId: host });
    }
    this.#childEnded(incarnation, reason);
  }

  #wanted(host: NodeId, fence: Fence): Incarnation | undefined {
    const incarnation = this.#incarnations.get(fence.sequence);
    if (incarnation?.nodeId !== host) return undefined;
    return fenceKey(incarnation.fence) === fenceKey(fence) ? incarnation : undefined;
  }

  #request(call: CallSignal): void {
    const request = this.#desk.take(call);
    if (request !== undefined) this.#pump.feed(request);
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'start':
        return this.#start(effect);
      case 'stop':
        return this.#stop(effect);
      case 'abandon':
        return this.#abandon(effect.attempt);
      case 'retry':
        this.#retries.add(effect);
        this.#self.post({ kind: 'info', message: effect });
        return;
      case 'ready':
        this.ready.resolve(this.ref);
        return this.teller.started();
      case 'reply':
        return this.#desk.reply(effect, this.exceeded);
      case 'report':
        this.#runtime.platform.log.info(`distributed supervisor: ${effect.context}`, {
          supervisor: this.ref.id,
          child: effect.id,
          reason: effect.reason,
        });
        return this.#fact('report', { context: effect.context, childId: effect.id });
      case 'childStarted':
      case 'childRestarted':
        return this.teller.childUp(effect);
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

  #start({ id, attempt, spec }: Extract<Effect, { kind: 'start' }>): void {
    const { selector } = spec;
    const candidates = candidatesOf(this.#cluster);
    const choice = this.#placement.choose(selector, id, candidates);
    if (choice.kind === 'none') {
      this.#desk.noteHeld(id, { selector, cause: choice.cause });
      this.#fact('child_held', { childId: id, sequence: attempt, selector });
      return this.#pump.feed({ kind: 'held', id, attempt });
    }
    this.#desk.noteHeld(id, undefined);
    const { nodeId } = choice;
    const incarnation: Incarnation = {
      childId: id,
      attempt,
      nodeId,
      fence: this.#fence(attempt),
      spec,
      state: 'asked',
      handle: undefined,
      watched: false,
      disarm: undefined,
    };
    this.#incarnations.add(incarnation);
    const { nodes } = candidates;
    this.#fact('child_start', { childId: id, sequence: attempt, nodeId, selector, nodes });
    this.#ask(incarnation);
  }

  #fence(sequence: number): Fence {
    const ownerIncarnation = this.#cluster.self.incarnation;
    return { term: FIRST_TERM, ownerId: this.ref.id, ownerIncarnation, sequence };
  }

  #ask(incarnation: Incarnation): void {
    const { childId, nodeId, fence, spec } = incarnation;
    const { behavior, args } = spec;
    const { spawnTimeoutMs: timeoutMs, orphanTimeoutMs } = this.options;
    const registration = 'none';
    const how = { name: childId, registration, timeoutMs, fence, orphanTimeoutMs } as const;
    const request = { behavior, args, ...how };
    this.#cluster.spawner.spawn(nodeId, request).then(
      (ref) => this.#started(incarnation, { ...ref, nodeId }),
      (error: unknown) => this.#failed(incarnation, toError(error)),
    );
  }

  #started(incarnation: Incarnation, ref: ChildHandle['ref']): void {
    const { attempt, state } = incarnation;
    // Given up in the meantime: its host was told, or is lost.
    if (this.#incarnations.get(attempt) !== incarnation || state === 'running') return;
    this.#acknowledge(incarnation, ref);
    this.#watch(incarnation, ref);
  }

  #acknowledge(incarnation: Incarnation, ref: ChildHandle['ref']): void {
    const { childId, attempt, nodeId, fence } = incarnation;
    const startedAt = this.#runtime.platform.clock.wallMs();
    incarnation.state = 'running';
    incarnation.handle = { ref, nodeId, fence, startedAt };
    this.#fact('child_started', { childId, sequence: attempt, nodeId, processId: ref.id });
    this.#pump.feed({ kind: 'started', id: childId, attempt, handle: incarnation.handle });
  }

  #watch(incarnation: Incarnation, ref: ChildHandle['ref']): void {
    if (this.#incarnations.get(incarnation.attempt) !== incarnation) return;
    incarnation.watched = true;
    this.#runtime.monitor(this.ref.id, ref, (reason) => {
      // The loss of a node comes as one event about all its children, not child by child.
      if (reason === 'noconnection') incarnation.watched = false;
      else this.#childEnded(incarnation, reason);
    });
  }

  #failed(incarnation: Incarnation, error: Error): void {
    const { childId, attempt, nodeId, fence } = incarnation;
    if (this.#incarnations.get(attempt) !== incarnation || incarnation.handle !== undefined) return;
    if (error instanceof NodeNotReachableError && this.#cluster.member(nodeId) !== undefined) {
      // The link is gone, the node is not given up yet: it comes back or goes down, then we know.
      // It may be back by now, since this news took a turn.
      if (this.#cluster.isConnected(nodeId)) this.#ask(incarnation);
      else incarnation.state = 'unsure';
      return;
    }
    this.#incarnations.remove(attempt);
    this.#endOn(nodeId, [fence]);
    this.#fact('child_failed', { childId, sequence: attempt });
    const reason = { error: startFailure(error, nodeId) };
    this.#pump.feed({ kind: 'failed', id: childId, attempt, reason });
  }

  #childEnded(incarnation: Incarnation, told: ExitReason): void {
    const { childId, attempt, fence } = incarnation;
    if (this.#incarnations.get(attempt) !== incarnation) return;
    // One that ended before it could be watched: a transient child may have ended well.
    const known = told === 'noproc' ? this.#runtime.use(CHILD_HOST).endOf(fence) : undefined;
    const reason = known?.reason ?? told;
    this.#incarnations.remove(attempt);
    this.#fact('child_ended', { childId, sequence: attempt, reason: reasonText(reason) });
    this.#pump.feed({ kind: 'exited', id: childId, attempt, reason });
  }

  #nodeDown({ nodeId }: NodeIdentity): void {
    const lost = this.#incarnations.on(nodeId);
    if (lost.length === 0) return;
    const childIds = lost.map(({ childId }) => childId);
    const sequences = lost.map(({ attempt }) => attempt);
    for (const attempt of sequences) this.#incarnations.remove(attempt);
    this.teller.nodeFailed(nodeId, childIds);
    this.#fact('children_lost', { nodeId, childIds, sequences });
    const children = lost.map(({ childId: id, attempt }) => ({ id, attempt }));
    this.#pump.feed({ kind: 'lost', children, reason: 'noconnection' });
    this.nodeFailureRestarts += childIds.filter((id) => this.#isComingBack(id)).length;
  }

  #isComingBack(childId: string): boolean {
    const status = this.kernel.child(childId)?.status;
    return status !== undefined && status !== 'stopped' && status !== 'stopping';
  }

  /** The link to a node was replaced: what was asked over the old one is asked again. */
  #reconciled({ nodeId }: NodeIdentity): void {
    for (const incarnation of this.#incarnations.on(nodeId)) {
      const { handle, watched } = incarnation;
      if (handle !== undefined && !watched) this.#watch(incarnation, handle.ref);
      if (incarnation.state === 'unsure') {
        incarnation.state = 'asked';
        this.#ask(incarnation);
      } else if (incarnation.state === 'stopping') {
        incarnation.disarm?.();
        this.#shutDown(incarnation);
      }
    }
    this.#pump.feed({ kind: 'available' });
  }

  #stop({ id: childId, attempt }: Extract<Effect, { kind: 'stop' }>): void {
    const incarnation = this.#incarnations.get(attempt);
    if (incarnation === undefined) return;
    incarnation.state = 'stopping';
    this.#fact('child_stop', { childId, sequence: attempt });
    this.#shutDown(incarnation);
  }

  #shutDown(incarnation: Incarnation): void {
    const { handle, spec, attempt } = incarnation;
    if (handle === undefined) return;
    const disarm = shutDown(this.#runtime, handle.ref, spec.shutdown);
    if (this.#incarnations.get(attempt) === incarnation) incarnation.disarm = disarm;
  }

  #abandon(attempt: number): void {
    const abandoned = this.#incarnations.remove(attempt);
    if (abandoned === undefined) return;
    this.#fact('child_abandoned', { childId: abandoned.childId, sequence: attempt });
    this.#endOn(abandoned.nodeId, [abandoned.fence]);
  }

  #endOn(nodeId: NodeId, fences: readonly Fence[]): void {
    if (nodeId !== this.#cluster.self.nodeId) endOn(this.#cluster, nodeId, fences);
    else for (const fence of fences) this.#runtime.use(CHILD_HOST).end(fence);
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
    this.#desk.close(this.exceeded);
  }

  /** Ends what a killed supervisor leaves behind; a stopped one has left nothing. */
  #over(): void {
    this.#unlisten();
    if (this.kernel.phase !== 'ended') this.#closeBooks('killed', 'shutdown');
    for (const { nodeId, fence, attempt } of [...this.#incarnations]) {
      this.#incarnations.remove(attempt);
      this.#endOn(nodeId, [fence]);
    }
    this.options.ended();
  }

  #fact(topic: string, fields: Readonly<Record<string, unknown>>): void {
    const { id: supervisorId } = this.ref;
    this.#runtime.probe?.({ kind: 'fact', topic, fields: { supervisorId, ...fields } });
  }
}

// Terms begin to differ when another node may take a supervisor over.
const FIRST_TERM = 1;
