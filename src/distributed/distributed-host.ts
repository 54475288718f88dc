import { unreachable } from '../base/assert.js';
import { type Deferred, deferred } from '../base/deferred.js';
import { toError } from '../base/errors.js';
import type { NodeId } from '../base/node-id.js';
import { BehaviorNotFoundError } from '../cluster/behavior-registry.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import type { NodeIdentity } from '../cluster/handshake-message.js';
import { InitializationError } from '../otp/gen-server.js';
import { shutDown } from '../otp/shutdown.js';
import { SupervisionKernel } from '../otp/supervision/kernel.js';
import type { Exit, KernelEffect, StartFailure } from '../otp/supervision/kernel-effect.js';
import type { RequestError } from '../otp/supervision/kernel-effect.js';
import type { KernelEvent, Request } from '../otp/supervision/kernel-event.js';
import type { KernelOptions } from '../otp/supervision/kernel-options.js';
import { Pump } from '../otp/supervision/pump.js';
import { NodeNotReachableError } from '../runtime/call-error.js';
import { type ExitReason, errorOf, reasonText } from '../runtime/exit-reason.js';
import type { Process, Receiver } from '../runtime/process.js';
import type { Runtime } from '../runtime/runtime.js';
import type { CallSignal, Mail, ReplyTo } from '../runtime/signal.js';
import { CHILD_HOST, type ReportedChild, endOn } from './child-host.js';
import type { ChildHandle, PlacedSpec } from './distributed-child.js';
import {
  DistributedBehaviorNotFoundError,
  DistributedChildNotFoundError,
  DistributedDuplicateChildError,
  DistributedMaxRestartsExceededError,
  DistributedSupervisorError,
  NoAvailableNodeError,
} from './distributed-error.js';
import type { DistributedSupervisorEvent, DistributedSupervisorRef } from './distributed-event.js';
import { type Fence, fenceKey } from './fence.js';
import { type Incarnation, Incarnations } from './incarnations.js';
import type { NodeSelector } from './node-selector.js';
import { Placement } from './placement.js';

export interface DistributedHostOptions extends KernelOptions {
  readonly children: readonly PlacedSpec[];
  readonly nodeSelector: NodeSelector;
  readonly spawnTimeoutMs: number;
  readonly tell: (event: DistributedSupervisorEvent) => void;
  /** Called once, when the supervisor is over. */
  readonly ended: () => void;
}

export type DistributedRequest = WithoutToken<Exclude<Request<PlacedSpec>, { kind: 'inspect' }>>;

type WithoutToken<R> = R extends unknown ? Omit<R, 'token'> : never;
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
  totalRestarts = 0;
  nodeFailureRestarts = 0;

  readonly #runtime: Runtime;
  readonly #cluster: ClusterNode;
  readonly #pump: Pump<Event, Effect>;
  readonly #placement: Placement;
  readonly #incarnations = new Incarnations();
  readonly #callers = new Map<number, Caller>();
  /** Where each child ran last, to tell a restart from a migration. */
  readonly #lastNode = new Map<string, NodeId>();
  /** Why no node would take a child, if its selector said. */
  readonly #whyHeld = new Map<string, unknown>();
  readonly #unlisten: () => void;
  #tokens = 0;
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
    this.kernel = new SupervisionKernel(options);
    this.#placement = new Placement(random);
    this.#pump = new Pump<Event, Effect>(
      this.kernel,
      (effect) => this.#perform(effect),
      () => clock.nowMs(),
    );
    this.#unlisten = cluster.listen({
      up: () => this.#pump.feed({ kind: 'available' }),
      down: (peer) => this.#nodeDown(peer),
      reconciled: (peer) => this.#reconciled(peer),
    });
  }

  init(self: Process): void {
    this.#self = self;
    self.onExit = () => this.#over();
    this.#pump.feed({ kind: 'start', children: this.options.children });
  }

  receive(mail: Mail): void {
    if (mail.kind === 'call') this.#request(mail);
    else if (mail.kind === 'info') this.#pump.feed(mail.message as Event);
  }

  /** The kernel stops the children first. It may have ended already, on its own account. */
  terminate(): Promise<void> | void {
    if (this.kernel.phase === 'ended') return;
    this.#ended = deferred();
    this.#pump.feed({ kind: 'stop', reason: 'shutdown' });
    return this.#ended.promise;
  }

  /** Whether the supervisor counts on what a host says that it runs. */
  wants({ fence }: ReportedChild): boolean {
    const incarnation = this.#incarnations.get(fence.sequence);
    return incarnation !== undefined && fenceKey(incarnation.fence) === fenceKey(fence);
  }

  #request(mail: CallSignal): void {
    this.#tokens += 1;
    const request = mail.message as DistributedRequest;
    const childId = request.kind === 'startChild' ? request.spec.id : request.id;
    this.#callers.set(this.#tokens, { from: mail.from, childId });
    this.#pump.feed({ ...request, token: this.#tokens } as Request<PlacedSpec>);
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
        this.#self.post({ kind: 'info', message: effect });
        return;
      case 'ready':
        this.ready.resolve(this.ref);
        return this.options.tell({ type: 'supervisor_started', ref: this.ref });
      case 'reply': {
        const caller = this.#callers.get(effect.token);
        this.#callers.delete(effect.token);
        if (effect.result.ok) caller?.from.reply(effect.result.handle?.ref);
        else caller?.from.fail(this.#errorFor(caller.childId, effect.result.error));
        return;
      }
      case 'report':
        this.#runtime.platform.log.info(`distributed supervisor: ${effect.context}`, {
          supervisor: this.ref.id,
          child: effect.id,
          reason: effect.reason,
        });
        return this.#fact('report', { context: effect.context, childId: effect.id });
      case 'childStarted':
      case 'childRestarted':
        return this.#childUp(effect);
      case 'childStopped':
        return this.#childStopped(effect);
      case 'inspected':
        return;
      case 'exit':
        return this.#exit(effect);
      default:
        return unreachable(effect);
    }
  }

  #start({ id, attempt, spec }: Extract<Effect, { kind: 'start' }>): void {
    const choice = this.#placement.choose(spec.selector, id, {
      nodes: candidatesOf(this.#cluster),
      local: this.#cluster.self.nodeId,
    });
    if (choice.kind === 'none') {
      this.#whyHeld.set(id, choice.cause);
      this.#fact('child_held', { childId: id, sequence: attempt });
      return this.#pump.feed({ kind: 'held', id, attempt });
    }
    this.#whyHeld.delete(id);
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
    this.#fact('child_start', { childId: id, sequence: attempt, nodeId });
    this.#ask(incarnation);
  }

  #fence(sequence: number): Fence {
    const ownerIncarnation = this.#cluster.self.incarnation;
    return { term: FIRST_TERM, ownerId: this.ref.id, ownerIncarnation, sequence };
  }

  #ask(incarnation: Incarnation): void {
    const { childId, nodeId, fence, spec } = incarnation;
    const { behavior, args } = spec;
    const timeoutMs = this.options.spawnTimeoutMs;
    const request = { behavior, args, name: childId, registration: 'none', timeoutMs, fence } as const;
    this.#cluster.spawner.spawn(nodeId, request).then(
      (ref) => this.#started(incarnation, { ...ref, nodeId }),
      (error: unknown) => this.#failed(incarnation, toError(error)),
    );
  }

  #started(incarnation: Incarnation, ref: ChildHandle['ref']): void {
    const { childId, attempt, nodeId, fence, state } = incarnation;
    // Given up in the meantime: its host was told, or is lost.
    if (this.#incarnations.get(attempt) !== incarnation || state === 'running') return;
    const startedAt = this.#runtime.platform.clock.wallMs();
    incarnation.state = 'running';
    incarnation.handle = { ref, nodeId, fence, startedAt };
    this.#fact('child_started', { childId, sequence: attempt, nodeId, processId: ref.id });
    this.#pump.feed({ kind: 'started', id: childId, attempt, handle: incarnation.handle });
    this.#watch(incarnation, ref);
  }

  #watch(incarnation: Incarnation, ref: ChildHandle['ref']): void {
    incarnation.watched = true;
    this.#runtime.monitor(this.ref.id, ref, (reason) => {
      // The loss of a node comes as one event about all its children, not child by child.
      if (reason === 'noconnection') incarnation.watched = false;
      else this.#childEnded(incarnation, reason);
    });
  }

  #failed(incarnation: Incarnation, error: Error): void {
    const { childId, attempt, nodeId, fence } = incarnation;
    if (this.#incarnations.get(attempt) !== incarnation) return;
    if (error instanceof NodeNotReachableError && this.#cluster.member(nodeId) !== undefined) {
      // The link is gone, the node is not given up yet: it comes back or goes down, then we know.
      incarnation.state = 'unsure';
      return;
    }
    this.#incarnations.remove(attempt);
    this.#endOn(nodeId, [fence]);
    this.#fact('child_failed', { childId, sequence: attempt });
    const reason = { error: startFailure(error, nodeId) };
    this.#pump.feed({ kind: 'failed', id: childId, attempt, reason });
  }

  #childEnded(incarnation: Incarnation, reason: ExitReason): void {
    const { childId, attempt } = incarnation;
    if (this.#incarnations.get(attempt) !== incarnation) return;
    this.#incarnations.remove(attempt);
    this.#fact('child_ended', { childId, sequence: attempt, reason: reasonText(reason) });
    this.#pump.feed({ kind: 'exited', id: childId, attempt, reason });
  }

  #nodeDown({ nodeId }: NodeIdentity): void {
    const lost = this.#incarnations.on(nodeId);
    if (lost.length === 0) return;
    for (const { attempt } of lost) this.#incarnations.remove(attempt);
    const affectedChildren = lost.map((incarnation) => incarnation.childId);
    const sequences = lost.map((incarnation) => incarnation.attempt);
    this.nodeFailureRestarts += lost.filter(({ spec }) => spec.restart !== 'temporary').length;
    const supervisorId = this.ref.id;
    this.options.tell({ type: 'node_failure_detected', supervisorId, nodeId, affectedChildren });
    this.#fact('children_lost', { nodeId, childIds: affectedChildren, sequences });
    this.#pump.feed({
      kind: 'lost',
      children: lost.map(({ childId, attempt }) => ({ id: childId, attempt })),
      reason: 'noconnection',
    });
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

  #stop(effect: Extract<Effect, { kind: 'stop' }>): void {
    const incarnation = this.#incarnations.get(effect.attempt);
    if (incarnation === undefined) return;
    incarnation.state = 'stopping';
    this.#fact('child_stop', { childId: effect.id, sequence: effect.attempt });
    this.#shutDown(incarnation);
  }

  #shutDown(incarnation: Incarnation): void {
    const { handle, spec } = incarnation;
    if (handle === undefined) return;
    const disarm = shutDown(this.#runtime, handle.ref, spec.shutdown);
    if (this.#incarnations.get(incarnation.attempt) === incarnation) incarnation.disarm = disarm;
  }

  #abandon(attempt: number): void {
    const incarnation = this.#incarnations.remove(attempt);
    if (incarnation === undefined) return;
    const { childId } = incarnation;
    this.#fact('child_abandoned', { childId, sequence: attempt });
    this.#endOn(incarnation.nodeId, [incarnation.fence]);
  }

  #endOn(nodeId: NodeId, fences: readonly Fence[]): void {
    if (nodeId !== this.#cluster.self.nodeId) endOn(this.#cluster, nodeId, fences);
    else for (const fence of fences) this.#runtime.use(CHILD_HOST).end(fence);
  }

  #childUp(effect: Extract<Effect, { kind: 'childStarted' | 'childRestarted' }>): void {
    const supervisorId = this.ref.id;
    const { id: childId, handle } = effect;
    const { nodeId } = handle;
    const fromNode = this.#lastNode.get(childId);
    this.#lastNode.set(childId, nodeId);
    if (effect.kind === 'childStarted') {
      this.options.tell({ type: 'child_started', supervisorId, childId, nodeId });
      return;
    }
    this.totalRestarts += 1;
    const attempt = effect.restartCount;
    this.options.tell({ type: 'child_restarted', supervisorId, childId, nodeId, attempt });
    if (fromNode === undefined || fromNode === nodeId) return;
    this.options.tell({ type: 'child_migrated', supervisorId, childId, fromNode, toNode: nodeId });
  }

  #childStopped({ id, reason }: Extract<Effect, { kind: 'childStopped' }>): void {
    const text = reason === 'noconnection' ? 'node_down' : stopText(reason);
    const supervisorId = this.ref.id;
    this.options.tell({ type: 'child_stopped', supervisorId, childId: id, reason: text });
    if (this.kernel.child(id) === undefined) this.#lastNode.delete(id);
  }

  #errorFor(childId: string, error: RequestError<ChildHandle>): Error {
    if (this.exceeded !== undefined) return this.exceeded;
    const { id } = this.ref;
    switch (error.kind) {
      case 'notFound':
        return new DistributedChildNotFoundError(id, childId);
      case 'alreadyPresent':
      case 'alreadyStarted':
        return new DistributedDuplicateChildError(id, childId);
      case 'running':
      case 'restarting':
        return new DistributedSupervisorError(id, `child ${childId} is ${error.kind}`);
      case 'startFailed':
        return this.#startError(childId, error.failure);
      case 'ended':
        return new DistributedSupervisorError(id, 'the supervisor has stopped');
      default:
        return unreachable(error);
    }
  }

  #startError(childId: string, failure: StartFailure): Error {
    if (failure.kind === 'held') {
      const spec = [...this.options.children].find((child) => child.id === childId);
      const selector = spec?.selector ?? this.options.nodeSelector;
      return new NoAvailableNodeError(childId, selector, { cause: this.#whyHeld.get(childId) });
    }
    const cause = errorOf(failure.reason);
    if (cause instanceof DistributedBehaviorNotFoundError) return cause;
    const why = `child ${childId} failed to start: ${cause.message}`;
    return new DistributedSupervisorError(this.ref.id, why, cause);
  }

  #exit(exit: Exit): void {
    const { maxRestarts, withinMs } = this.options.intensity;
    if (exit.cause === 'max_restarts') {
      this.exceeded = new DistributedMaxRestartsExceededError(this.ref.id, maxRestarts, withinMs);
    }
    if (exit.cause === 'start_failed') {
      this.ready.reject(this.#startError(exit.failed.id, exit.failed.failure));
    }
    this.#fact('supervisor_ended', { cause: exit.cause });
    this.options.tell({ type: 'supervisor_stopped', ref: this.ref, reason: endText(exit) });
    for (const { from, childId } of this.#callers.values()) {
      from.fail(this.#errorFor(childId, { kind: 'ended' }));
    }
    this.#callers.clear();
    if (this.#ended === undefined) this.#self.exit(exit.reason);
    else this.#ended.resolve();
  }

  /** Ends what a killed supervisor leaves behind; a stopped one has left nothing. */
  #over(): void {
    this.#unlisten();
    for (const { nodeId, fence, attempt } of [...this.#incarnations]) {
      this.#incarnations.remove(attempt);
      this.#endOn(nodeId, [fence]);
    }
    this.options.ended();
  }

  #fact(topic: string, fields: Readonly<Record<string, unknown>>): void {
    const { probe } = this.#runtime;
    if (probe !== undefined) {
      probe({ kind: 'fact', topic, fields: { supervisorId: this.ref.id, ...fields } });
    }
  }
}

interface Caller {
  readonly from: ReplyTo;
  readonly childId: string;
}

function candidatesOf(cluster: ClusterNode) {
  const nodes = [...cluster.connectedNodes(), cluster.localNode()];
  return nodes.sort((left, right) => (left.id < right.id ? -1 : 1));
}

function startFailure(error: Error, nodeId: NodeId): Error {
  if (error instanceof BehaviorNotFoundError) {
    return new DistributedBehaviorNotFoundError(error.behaviorName, nodeId, { cause: error });
  }
  return error instanceof InitializationError ? toError(error.cause) : error;
}

function stopText(reason: ExitReason): string {
  const text = reasonText(reason);
  return text === 'killed' || text === 'noproc' ? `error: ${text}` : text;
}

function endText(exit: Exit): 'normal' | 'shutdown' | 'max_restarts_exceeded' | 'auto_shutdown' {
  if (exit.cause === 'max_restarts') return 'max_restarts_exceeded';
  if (exit.cause === 'auto_shutdown') return 'auto_shutdown';
  return exit.reason === 'normal' ? 'normal' : 'shutdown';
}

// Terms begin to differ when another node may take a supervisor over.
const FIRST_TERM = 1;
