import type { NodeId } from '../base/node-id.js';
import { CLUSTER } from '../cluster/cluster.js';
import { ClusterNotStartedError } from '../cluster/cluster-config.js';
import type { ClusterConfig } from '../cluster/cluster-config.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import { GlobalNameConflictError } from '../cluster/global-registry.js';
import { call } from '../otp/call.js';
import {
  DEFAULT_INTENSITY,
  DEFAULT_SHUTDOWN_MS,
  type RestartIntensity,
  type SupervisorStrategy,
  checkAutoShutdown,
  checkIntensity,
  checkStrategy,
} from '../otp/child-spec.js';
import { stopServer } from '../otp/gen-server.js';
import type { GenServerRef } from '../otp/behavior.js';
import { InvalidOptionError, checkName, checkRef } from '../otp/option.js';
import type { AutoShutdown } from '../otp/supervision/child-policy.js';
import type { ChildView } from '../otp/supervision/child.js';
import { here } from '../runtime/default-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';
import { CHILD_HOST } from './child-host.js';
import {
  type ChildHandle,
  type DistributedChildInfo,
  type DistributedChildSpec,
  type DistributedChildTemplate,
  type PlacedSpec,
  checkDistributedChild,
} from './distributed-child.js';
import {
  DistributedDuplicateChildError,
  DistributedInvalidSimpleOneForOneError,
  type DistributedMaxRestartsExceededError,
  DistributedMissingChildTemplateError,
  DistributedSupervisorError,
} from './distributed-error.js';
import type {
  DistributedSupervisorEvent,
  DistributedSupervisorEventHandler,
  DistributedSupervisorRef,
} from './distributed-event.js';
import { DistributedHost } from './distributed-host.js';
import { type NodeSelector, checkSelector } from './node-selector.js';
import { PlacedLoads } from './placed-loads.js';
import { type DistributedRequest, SupervisorOrder } from './request-desk.js';

export interface DistributedSupervisorOptions {
  /** `one_for_one` by default. */
  readonly strategy?: SupervisorStrategy;
  /** For children without one of their own; `local_first` by default. */
  readonly nodeSelector?: NodeSelector;
  /** Started in this order, each after the one before it was acknowledged by its node. */
  readonly children?: readonly DistributedChildSpec[];
  /** For `simple_one_for_one`, which takes no `children`. */
  readonly childTemplate?: DistributedChildTemplate;
  /** 3 restarts within 5000 ms by default; the loss of a node counts as one. */
  readonly restartIntensity?: RestartIntensity;
  /** `never` by default. */
  readonly autoShutdown?: AutoShutdown;
  /**
   * How long a child goes on while this supervisor's node is out of reach of the child's, in
   * milliseconds from the moment at which that node was given up there; then it ends itself.
   * 60000 by default, `Infinity` for never. It has to be longer than the detection of a loss.
   */
  readonly orphanTimeoutMs?: number;
  /** Registers the supervisor under this name in the GlobalRegistry. */
  readonly name?: string;
}

/** What a supervisor has done so far. */
export interface DistributedSupervisorStats {
  readonly id: string;
  readonly strategy: SupervisorStrategy;
  readonly childCount: number;
  readonly childrenByNode: ReadonlyMap<NodeId, number>;
  /** Automatic restarts of children. */
  readonly totalRestarts: number;
  /** Children that had to be restarted because their node was lost. */
  readonly nodeFailureRestarts: number;
  /** Wall-clock milliseconds. */
  readonly startedAt: number;
  readonly uptimeMs: number;
}

/** The defaults of {@link DistributedSupervisorOptions}, and of its children. */
export const DISTRIBUTED_SUPERVISOR_DEFAULTS = {
  NODE_SELECTOR: 'local_first',
  STRATEGY: 'one_for_one',
  MAX_RESTARTS: DEFAULT_INTENSITY.maxRestarts,
  RESTART_WITHIN_MS: DEFAULT_INTENSITY.withinMs,
  SHUTDOWN_TIMEOUT: DEFAULT_SHUTDOWN_MS,
  AUTO_SHUTDOWN: 'never',
  SPAWN_TIMEOUT: 10_000,
  ORPHAN_TIMEOUT: 60_000,
  /** Kept for its name: nothing is polled. */
  CHILD_CHECK_INTERVAL: 50,
} as const;

/** Supervisors whose children run on any node of the cluster, and move when one is lost. */
export class DistributedSupervisors {
  readonly #runtime: Runtime;
  readonly #hosts = new Map<string, DistributedHost>();
  readonly #templates = new Map<string, DistributedChildTemplate>();
  readonly #childCounts = new Map<string, number>();
  readonly #exceeded = new Map<string, DistributedMaxRestartsExceededError>();
  readonly #handlers = new Set<DistributedSupervisorEventHandler>();
  readonly #loads = new PlacedLoads();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    runtime.use(CHILD_HOST).answerTo({
      wants: (host, { fence }) => this.#hosts.get(fence.ownerId)?.wants(host, fence) ?? false,
      ended: (host, end) => this.#hosts.get(end.fence.ownerId)?.childEnded(host, end),
    });
  }

  /**
   * Resolves once every child runs. Rejects, with the children that were started stopped again,
   * when one fails to start, when no node may take it, or when its node has no such behaviour.
   * While another process has the name it rejects with GlobalNameConflictError.
   */
  async start(options: DistributedSupervisorOptions = {}): Promise<DistributedSupervisorRef> {
    const runtime = this.#runtime;
    const { node: cluster, status } = runtime.use(CLUSTER);
    if (status !== 'running') throw new ClusterNotStartedError();
    const id = runtime.ids.next('dsup');
    const ref = { id, nodeId: cluster.self.nodeId };
    const orphanTimeoutMs = checkOrphanTimeout(cluster.config, options.orphanTimeoutMs);
    const checked = { ...checkOptions(id, options), orphanTimeoutMs };
    const { name, childTemplate } = options;
    if (name !== undefined) checkFree(cluster, checkName('name', name));
    const ended = (): void => this.#forget(id, host);
    const parts = { loads: this.#loads, tell: this.#tell, ended };
    const host = new DistributedHost(runtime, cluster, ref, { ...checked, ...parts });
    this.#hosts.set(id, host);
    if (childTemplate !== undefined) this.#templates.set(id, childTemplate);
    runtime.spawn(
      { id, label: name ?? 'DistributedSupervisor', receiver: host, trapExit: true },
      { started: () => undefined, failed: () => undefined },
    );
    if (name !== undefined) cluster.registry.register(name, ref);
    return host.ready.promise;
  }

  /** Stops the children, on whichever nodes, in reverse order, then the supervisor. */
  async stop(
    ref: DistributedSupervisorRef,
    reason: 'normal' | 'shutdown' = 'normal',
  ): Promise<void> {
    checkRef(ref);
    await stopServer(this.#runtime, ref, reason);
  }

  /**
   * Adds a child after all others, or one more of a template with `args`. Rejects with
   * NoAvailableNodeError when no node may take it now, and then nothing is kept of it.
   */
  async startChild(
    ref: DistributedSupervisorRef,
    child: DistributedChildSpec | readonly unknown[],
  ): Promise<GenServerRef> {
    const spec = this.#specOf(ref, child);
    return (await this.#ask(ref, { kind: 'startChild', spec })) as GenServerRef;
  }

  /** Stops a child for good, wherever it runs, and forgets its spec. */
  async terminateChild(ref: DistributedSupervisorRef, childId: string): Promise<void> {
    await this.#ask(ref, { kind: 'terminateChild', id: childId });
  }

  /** All running children, in start order. */
  getChildren(ref: DistributedSupervisorRef): DistributedChildInfo[] {
    return [...this.#host(ref).kernel.children()].flatMap((child) => infoOf(child) ?? []);
  }

  /** The child if it runs. */
  getChild(ref: DistributedSupervisorRef, childId: string): DistributedChildInfo | undefined {
    const child = this.#host(ref).kernel.child(childId);
    return child === undefined ? undefined : infoOf(child);
  }

  /** How many children it has, running or waiting to run. */
  countChildren(ref: DistributedSupervisorRef): number {
    return this.#host(ref).kernel.childCount;
  }

  isRunning(ref: DistributedSupervisorRef): boolean {
    checkRef(ref);
    return this.#hosts.has(ref.id);
  }

  getStats(ref: DistributedSupervisorRef): DistributedSupervisorStats {
    const host = this.#host(ref);
    const childrenByNode = new Map<NodeId, number>();
    for (const { nodeId } of this.getChildren(ref)) {
      childrenByNode.set(nodeId, (childrenByNode.get(nodeId) ?? 0) + 1);
    }
    const { nodeFailureRestarts, startedAt } = host;
    return {
      id: ref.id,
      strategy: host.options.strategy,
      childCount: host.kernel.childCount,
      childrenByNode,
      totalRestarts: host.teller.totalRestarts,
      nodeFailureRestarts,
      startedAt,
      uptimeMs: this.#runtime.platform.clock.wallMs() - startedAt,
    };
  }

  onLifecycleEvent(handler: DistributedSupervisorEventHandler): () => void {
    const own: DistributedSupervisorEventHandler = (event) => handler(event);
    this.#handlers.add(own);
    return () => this.#handlers.delete(own);
  }

  #host(ref: DistributedSupervisorRef): DistributedHost {
    checkRef(ref);
    const host = this.#hosts.get(ref.id);
    if (host !== undefined) return host;
    const exceeded = this.#exceeded.get(ref.id);
    if (exceeded !== undefined) throw exceeded;
    throw new DistributedSupervisorError(ref.id, 'no such supervisor runs on this node');
  }

  async #ask(ref: DistributedSupervisorRef, request: DistributedRequest): Promise<unknown> {
    this.#host(ref);
    if (request.kind !== 'startChild') checkName('the id of a child', request.id);
    return call(this.#runtime, ref, new SupervisorOrder(request), { timeout: Infinity });
  }

  #specOf(
    ref: DistributedSupervisorRef,
    child: DistributedChildSpec | readonly unknown[],
  ): PlacedSpec {
    const { options } = this.#host(ref);
    if (options.strategy !== 'simple_one_for_one') {
      if (!Array.isArray(child))
        return checkDistributedChild(child as DistributedChildSpec, options);
      const why = 'an array of arguments goes with simple_one_for_one only; give { id, behavior }';
      throw new DistributedInvalidSimpleOneForOneError(ref.id, why);
    }
    if (!Array.isArray(child)) {
      const why = 'startChild takes an array of arguments';
      throw new DistributedInvalidSimpleOneForOneError(ref.id, why);
    }
    const count = (this.#childCounts.get(ref.id) ?? 0) + 1;
    this.#childCounts.set(ref.id, count);
    const template = this.#templates.get(ref.id) as DistributedChildTemplate;
    const args: readonly unknown[] = child;
    return checkDistributedChild({ ...template, id: `child_${count}`, args }, options);
  }

  #forget(id: string, host: DistributedHost): void {
    this.#hosts.delete(id);
    this.#templates.delete(id);
    this.#childCounts.delete(id);
    if (host.exceeded === undefined) return;
    this.#exceeded.set(id, host.exceeded);
    const [oldest] = this.#exceeded.keys();
    if (this.#exceeded.size > REMEMBERED && oldest !== undefined) this.#exceeded.delete(oldest);
  }

  readonly #tell = (event: DistributedSupervisorEvent): void => {
    this.#runtime.probe?.({ kind: 'fact', topic: 'lifecycle', fields: { ...event } });
    for (const handler of [...this.#handlers]) {
      try {
        handler(event);
      } catch (error) {
        this.#runtime.platform.log.error('a lifecycle handler failed', { error });
      }
    }
  };
}

function checkFree(cluster: ClusterNode, name: string): void {
  const existing = cluster.registry.whereis(name);
  if (existing === undefined) return;
  throw new GlobalNameConflictError(name, existing.nodeId ?? cluster.self.nodeId);
}

/** A child that gave up before its supervisor knew of the loss would be missed by nobody. */
function checkOrphanTimeout(cluster: ClusterConfig, given: number | undefined): number {
  const { heartbeatIntervalMs, heartbeatMissThreshold } = cluster;
  const detectionMs = heartbeatIntervalMs * (heartbeatMissThreshold + 1);
  const { ORPHAN_TIMEOUT } = DISTRIBUTED_SUPERVISOR_DEFAULTS;
  if (given === undefined) return Math.max(ORPHAN_TIMEOUT, 2 * detectionMs);
  if (typeof given === 'number' && given > detectionMs) return given;
  const expected =
    `milliseconds above ${detectionMs}, which it takes to notice a loss: ` +
    'heartbeatIntervalMs * (heartbeatMissThreshold + 1)';
  throw new InvalidOptionError('orphanTimeoutMs', expected, given);
}

function checkOptions(id: string, options: DistributedSupervisorOptions) {
  const { STRATEGY, NODE_SELECTOR, AUTO_SHUTDOWN, SPAWN_TIMEOUT } = DISTRIBUTED_SUPERVISOR_DEFAULTS;
  const strategy = checkStrategy(options.strategy ?? STRATEGY);
  const intensity = checkIntensity(options.restartIntensity ?? DEFAULT_INTENSITY);
  const autoShutdown = checkAutoShutdown(options.autoShutdown ?? AUTO_SHUTDOWN);
  const nodeSelector = checkSelector('nodeSelector', options.nodeSelector ?? NODE_SELECTOR);
  const { children = [], childTemplate } = options;
  if (strategy === 'simple_one_for_one') {
    if (childTemplate === undefined) throw new DistributedMissingChildTemplateError(id);
    if (children.length > 0) {
      const why = 'children come from startChild only';
      throw new DistributedInvalidSimpleOneForOneError(id, why);
    }
  }
  const placed = children.map((child) =>
    checkDistributedChild(child, { autoShutdown, nodeSelector }),
  );
  const seen = new Set<string>();
  for (const child of placed) {
    if (seen.has(child.id)) throw new DistributedDuplicateChildError(id, child.id);
    seen.add(child.id);
  }
  return {
    strategy,
    intensity,
    autoShutdown,
    nodeSelector,
    strict: false,
    hosting: 'concurrent',
    spawnTimeoutMs: SPAWN_TIMEOUT,
    children: placed,
  } as const;
}

function infoOf(child: ChildView<PlacedSpec, ChildHandle>): DistributedChildInfo | undefined {
  const { handle, spec, status, restartCount } = child;
  if (handle === undefined || (status !== 'running' && status !== 'stopping')) return undefined;
  const { ref, nodeId, startedAt } = handle;
  return { id: spec.id, ref, spec: spec.given, nodeId, restartCount, startedAt };
}

// Ended supervisors whose operations still get the better error.
const REMEMBERED = 1000;

export const DISTRIBUTED_SUPERVISORS: ServiceKey<DistributedSupervisors> = {
  name: 'distributed supervisors',
  create: (runtime) => new DistributedSupervisors(runtime),
};

const service = (): DistributedSupervisors => here().use(DISTRIBUTED_SUPERVISORS);

/** Distributed supervisors of the node this code runs on; see {@link DistributedSupervisors}. */
export const DistributedSupervisor = {
  start: (options?: DistributedSupervisorOptions): Promise<DistributedSupervisorRef> =>
    service().start(options),
  stop: (ref: DistributedSupervisorRef, reason?: 'normal' | 'shutdown'): Promise<void> =>
    service().stop(ref, reason),
  startChild: (
    ref: DistributedSupervisorRef,
    child: DistributedChildSpec | readonly unknown[],
  ): Promise<GenServerRef> => service().startChild(ref, child),
  terminateChild: (ref: DistributedSupervisorRef, childId: string): Promise<void> =>
    service().terminateChild(ref, childId),
  getChildren: (ref: DistributedSupervisorRef): DistributedChildInfo[] =>
    service().getChildren(ref),
  getChild: (ref: DistributedSupervisorRef, childId: string): DistributedChildInfo | undefined =>
    service().getChild(ref, childId),
  countChildren: (ref: DistributedSupervisorRef): number => service().countChildren(ref),
  isRunning: (ref: DistributedSupervisorRef): boolean => service().isRunning(ref),
  getStats: (ref: DistributedSupervisorRef): DistributedSupervisorStats => service().getStats(ref),
  onLifecycleEvent: (handler: DistributedSupervisorEventHandler): (() => void) =>
    service().onLifecycleEvent(handler),
} as const;
