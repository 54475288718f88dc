import type { NodeId } from '../base/node-id.js';
import { InvalidOptionError, checkName } from '../otp/option.js';
import { InvalidChildSpecError, checkPolicy } from '../otp/child-spec.js';
import type { GenServerRef } from '../otp/behavior.js';
import type { AutoShutdown, ChildPolicy, RestartType } from '../otp/supervision/child-policy.js';
import { describe } from '../base/errors.js';
import type { Fence } from '../base/fence.js';
import { type NodeSelector, checkSelector } from './node-selector.js';

/** What to start, and when to start it again; which node does it is decided at every start. */
export interface DistributedChildSpec {
  /** Unique among the children of one supervisor. */
  readonly id: string;
  /** The name of a behaviour in the BehaviorRegistry of the node that is chosen. */
  readonly behavior: string;
  /** What `init` is called with, on whichever node: it must be able to cross. */
  readonly args?: readonly unknown[];
  /** `permanent` by default. */
  readonly restart?: RestartType;
  /** The supervisor's own by default. */
  readonly nodeSelector?: NodeSelector;
  /** Milliseconds to end in before it is killed; 5000 by default. */
  readonly shutdownTimeout?: number;
  /** Whether its end counts for the supervisor's `autoShutdown`; false by default. */
  readonly significant?: boolean;
}

/** The spec of every child of a `simple_one_for_one` supervisor. */
export type DistributedChildTemplate = Omit<DistributedChildSpec, 'id' | 'args'>;

/** A running child. */
export interface DistributedChildInfo {
  readonly id: string;
  readonly ref: GenServerRef;
  readonly spec: DistributedChildSpec;
  readonly nodeId: NodeId;
  /** Automatic restarts so far. */
  readonly restartCount: number;
  /** Wall-clock milliseconds of its last start. */
  readonly startedAt: number;
}

/** A checked spec, as the kernel carries it. */
export interface PlacedSpec extends ChildPolicy {
  readonly behavior: string;
  readonly args: readonly unknown[];
  readonly selector: NodeSelector;
  readonly given: DistributedChildSpec;
}

/** What runs: the process, its node, and the fence that tells it from earlier incarnations. */
export interface ChildHandle {
  readonly ref: GenServerRef;
  readonly nodeId: NodeId;
  readonly fence: Fence;
  readonly startedAt: number;
}

/** Checks a spec and fills in its defaults; throws a typed error that names what is wrong. */
export function checkDistributedChild(
  spec: DistributedChildSpec,
  supervisor: { readonly autoShutdown: AutoShutdown; readonly nodeSelector: NodeSelector },
): PlacedSpec {
  if (typeof (spec as unknown) !== 'object' || (spec as unknown) === null) {
    throw new InvalidChildSpecError(
      `Expected a child spec { id, behavior }, got ${describe(spec)}`,
    );
  }
  const { id, behavior, args = [], nodeSelector, ...rest } = spec;
  checkName('the id of a child', id);
  checkName(`behavior of child ${id}`, behavior);
  if (!Array.isArray(args)) throw new InvalidOptionError(`args of child ${id}`, 'an array', args);
  const selector = nodeSelector ?? supervisor.nodeSelector;
  checkSelector(`nodeSelector of child ${id}`, selector);
  const { autoShutdown } = supervisor;
  const policy = checkPolicy({ id, ...rest }, { autoShutdown, strict: false });
  return { ...policy, behavior, args, selector, given: spec };
}
