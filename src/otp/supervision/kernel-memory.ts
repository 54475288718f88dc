import type { ChildPolicy } from './child-policy.js';
import type { ChildView } from './child.js';

/** What has to be kept of a supervisor so that it can go on elsewhere. */
export interface KernelMemory<Spec extends ChildPolicy, Handle> {
  /** In start order. */
  readonly children: readonly RememberedChild<Spec, Handle>[];
  /** The number of the latest start, which those to come exceed. */
  readonly attempts: number;
  /** How long ago each restart was that still counts, oldest first, in milliseconds. */
  readonly restartAgesMs: readonly number[];
}

export interface RememberedChild<Spec extends ChildPolicy, Handle> {
  readonly spec: Spec;
  readonly state: RememberedState;
  readonly attempt: number;
  /** What runs, or ran last; `undefined` when no start of it was ever acknowledged. */
  readonly handle: Handle | undefined;
  readonly restartCount: number;
}

/** `coming`: it does not run, and the supervisor wants it to. */
export type RememberedState = 'running' | 'coming' | 'stopped';

export function rememberedState({
  status,
  fate,
}: Pick<ChildView<ChildPolicy, unknown>, 'status' | 'fate'>): RememberedState {
  if (status === 'stopped') return 'stopped';
  // Its stop is on its way, and is no end of its own.
  if (status === 'stopping' && fate === 'restart') return 'coming';
  return status === 'running' || status === 'stopping' ? 'running' : 'coming';
}
