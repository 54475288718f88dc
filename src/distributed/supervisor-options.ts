import type { ClusterConfig } from '../cluster/cluster-config.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import type { Codec } from '../cluster/codec.js';
import {
  DEFAULT_INTENSITY,
  DEFAULT_SHUTDOWN_MS,
  type RestartIntensity,
  type SupervisorStrategy,
  checkAutoShutdown,
  checkIntensity,
  checkStrategy,
} from '../otp/child-spec.js';
import { InvalidOptionError, checkArray } from '../otp/option.js';
import type { AutoShutdown } from '../otp/supervision/child-policy.js';
import {
  type DistributedChildSpec,
  type DistributedChildTemplate,
  type PlacedSpec,
  checkDistributedChild,
} from './distributed-child.js';
import {
  DistributedDuplicateChildError,
  DistributedInvalidSimpleOneForOneError,
  DistributedMissingChildTemplateError,
} from './distributed-error.js';
import { type NodeSelector, checkSelector } from './node-selector.js';
import {
  leaseTerms,
  lossAndTakeoverMs,
  orphanTimeoutFloorMs,
  type PlacementGuarantee,
} from './exclusive-policy.js';
import type { LeaseTerms } from './lease.js';
import {
  type PartitionPolicy,
  type TakeoverOptions,
  type TakeoverPolicy,
  takeoverPolicy,
} from './takeover-policy.js';

/** How a distributed supervisor is started. All of it is checked before anything starts. */
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
  /**
   * Whether it survives the loss of its node: standbys keep what it knows, one of them goes on with
   * it, and the children that still run stay where they are. Off by default: then it ends with its
   * node. Selector functions cannot go along: `registerSelector` gives them names.
   */
  readonly takeover?: boolean | TakeoverOptions;
  /** Who may act while the cluster is split; `available` by default. Goes with `takeover`. */
  readonly partition?: PartitionPolicy;
  /**
   * `exclusive` for children of which two never act at a time, whatever the network does; `shared`
   * by default. It goes with `takeover` and a partition policy that needs more than half of the
   * voters. A child has no say while its node is out of reach of its supervisor for `leaseMs`.
   */
  readonly placement?: PlacementGuarantee;
  /**
   * How long an exclusive child goes on, in milliseconds, after its node last heard from its
   * supervisor; it has to be longer than the detection of a loss with a takeover, and is twice that
   * by default. The replacement of a child that was lost waits as long.
   */
  readonly leaseMs?: number;
  /** By how much clocks of nodes may run fast or slow, as a ratio; 0.01 by default. */
  readonly clockDriftMax?: number;
  /** Registers the supervisor under this name in the GlobalRegistry. */
  readonly name?: string;
}

/** What every owner of a supervisor has to know of its options. */
export interface SupervisorSettings {
  readonly strategy: SupervisorStrategy;
  readonly intensity: RestartIntensity;
  readonly autoShutdown: AutoShutdown;
  readonly nodeSelector: NodeSelector;
  readonly orphanTimeoutMs: number;
  readonly childTemplate: DistributedChildTemplate | undefined;
  readonly takeover: TakeoverPolicy | undefined;
  /** For exclusive children. */
  readonly lease: LeaseTerms | undefined;
}

export interface CheckedOptions {
  readonly settings: SupervisorSettings;
  readonly children: readonly PlacedSpec[];
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

/**
 * A child that gave up before its supervisor knew of the loss would be missed by nobody, and one
 * that gave up before the next owner was found would be lost for nothing.
 */
function checkOrphanTimeout(
  cluster: ClusterConfig,
  given: number | undefined,
  { takeover, lease }: Pick<SupervisorSettings, 'takeover' | 'lease'>,
): number {
  const { heartbeatIntervalMs, heartbeatMissThreshold } = cluster;
  const detectionMs = heartbeatIntervalMs * (heartbeatMissThreshold + 1);
  const tookMs = takeover === undefined ? detectionMs : lossAndTakeoverMs(cluster);
  const floorMs = lease === undefined ? tookMs : Math.max(tookMs, orphanTimeoutFloorMs(lease));
  const { ORPHAN_TIMEOUT } = DISTRIBUTED_SUPERVISOR_DEFAULTS;
  if (given === undefined) return Math.max(ORPHAN_TIMEOUT, 2 * floorMs);
  if (typeof given === 'number' && given > floorMs) return given;
  const takes =
    lease !== undefined
      ? 'which a lease may last'
      : takeover !== undefined
        ? 'which it takes to notice a loss and take over'
        : 'which it takes to notice a loss: heartbeatIntervalMs * (heartbeatMissThreshold + 1)';
  throw new InvalidOptionError('orphanTimeoutMs', `milliseconds above ${floorMs}, ${takes}`, given);
}

/** The options, checked and with their defaults. Throws a typed error that says what is wrong. */
export function checkOptions(
  id: string,
  options: DistributedSupervisorOptions,
  cluster: ClusterNode,
): CheckedOptions {
  const { STRATEGY, NODE_SELECTOR, AUTO_SHUTDOWN } = DISTRIBUTED_SUPERVISOR_DEFAULTS;
  const strategy = checkStrategy(options.strategy ?? STRATEGY);
  const intensity = checkIntensity(options.restartIntensity ?? DEFAULT_INTENSITY);
  const autoShutdown = checkAutoShutdown(options.autoShutdown ?? AUTO_SHUTDOWN);
  const nodeSelector = checkSelector('nodeSelector', options.nodeSelector ?? NODE_SELECTOR);
  const { children = [], childTemplate } = options;
  checkArray('children', children);
  if (strategy === 'simple_one_for_one') {
    if (childTemplate === undefined) throw new DistributedMissingChildTemplateError(id);
    if (children.length > 0) {
      const why = 'children come from startChild only';
      throw new DistributedInvalidSimpleOneForOneError(id, why);
    }
    const template = { ...childTemplate, id: 'of the template' };
    checkDistributedChild(template, { autoShutdown, nodeSelector });
  } else if (childTemplate !== undefined) {
    const why = `a childTemplate is not for ${strategy}`;
    throw new DistributedInvalidSimpleOneForOneError(id, why);
  }
  const placed = children.map((child) =>
    checkDistributedChild(child, { autoShutdown, nodeSelector }),
  );
  const seen = new Set<string>();
  for (const child of placed) {
    if (seen.has(child.id)) throw new DistributedDuplicateChildError(id, child.id);
    seen.add(child.id);
  }
  const present = [cluster.self.nodeId, ...cluster.connectedNodes().map((node) => node.id)];
  const takeover = takeoverPolicy(options, present);
  const lease = leaseTerms(options, takeover, cluster.config);
  const settings: SupervisorSettings = {
    strategy,
    intensity,
    autoShutdown,
    nodeSelector,
    orphanTimeoutMs: checkOrphanTimeout(cluster.config, options.orphanTimeoutMs, {
      takeover,
      lease,
    }),
    childTemplate,
    takeover,
    lease,
  };
  if (takeover !== undefined) checkCrossing(settings, children);
  return { settings, children: placed };
}

/** What the settings of a supervisor come to for its host. */
export function hostOptions(settings: SupervisorSettings) {
  const { strategy, intensity, autoShutdown, nodeSelector } = settings;
  const { orphanTimeoutMs, takeover, lease } = settings;
  const { SPAWN_TIMEOUT: spawnTimeoutMs } = DISTRIBUTED_SUPERVISOR_DEFAULTS;
  const kernel = {
    strategy,
    intensity,
    autoShutdown,
    strict: false,
    hosting: 'concurrent',
  } as const;
  return { ...kernel, nodeSelector, orphanTimeoutMs, spawnTimeoutMs, takeover, lease };
}

/** As bytes, for the record that others keep. */
export function packSettings(settings: SupervisorSettings, codec: Codec): Uint8Array {
  const { nodeSelector, childTemplate } = settings;
  // Only a supervisor that stays where it is has a function: others merely look at its settings.
  const selector = typeof nodeSelector === 'function' ? 'local_first' : nodeSelector;
  const template = childTemplate && { ...childTemplate };
  if (typeof template?.nodeSelector === 'function') delete template.nodeSelector;
  return codec.encode({ ...settings, nodeSelector: selector, childTemplate: template });
}

/** What {@link packSettings} made, from a node of the same cluster. */
export function readSettings(packed: Uint8Array, codec: Codec): SupervisorSettings {
  return codec.decode(packed) as SupervisorSettings;
}

/** A selector that is a function would stay behind. */
function checkCrossing(
  { nodeSelector, childTemplate }: SupervisorSettings,
  children: readonly DistributedChildSpec[],
): void {
  const all: (readonly [string, NodeSelector | undefined])[] = [
    ['nodeSelector', nodeSelector],
    ['nodeSelector of childTemplate', childTemplate?.nodeSelector],
    ...children.map((child) => [`nodeSelector of child ${child.id}`, child.nodeSelector] as const),
  ];
  for (const [option, selector] of all) checkCrossingSelector(option, selector);
}

/** Throws InvalidOptionError for a function, which no standby could call. */
export function checkCrossingSelector(option: string, selector: NodeSelector | undefined): void {
  if (typeof selector !== 'function') return;
  const expected =
    'a selector that can cross to another node: register the function under a name on every node ' +
    'with DistributedSupervisor.registerSelector(name, fn), and give { selector: name }';
  throw new InvalidOptionError(option, expected, selector);
}
