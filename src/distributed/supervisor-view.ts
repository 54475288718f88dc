import type { NodeId } from '../base/node-id.js';
import type { Codec } from '../cluster/codec.js';
import type { SupervisorStrategy } from '../otp/child-spec.js';
import type { ChildView } from '../otp/supervision/child.js';
import type {
  ChildHandle,
  DistributedChildInfo,
  DistributedChildSpec,
  PlacedSpec,
} from './distributed-child.js';
import type { DistributedHost } from './distributed-host.js';
import { readSettings } from './supervisor-options.js';
import type { ChildRecord, SupervisorRecord } from './supervisor-record.js';

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

/** A supervisor as one may look at it: on its own node as it is, elsewhere as it was told last. */
export interface SupervisorView {
  readonly strategy: SupervisorStrategy;
  readonly startedAt: number;
  readonly totalRestarts: number;
  readonly nodeFailureRestarts: number;
  /** Running or waiting to run. */
  readonly childCount: number;
  /** Those that run, in start order. */
  children(): DistributedChildInfo[];
  /** The child if it runs. */
  child(id: string): DistributedChildInfo | undefined;
}

export function viewOfHost(host: DistributedHost): SupervisorView {
  const { kernel, teller, options, startedAt, nodeFailureRestarts } = host;
  return {
    strategy: options.strategy,
    startedAt,
    totalRestarts: teller.totalRestarts,
    nodeFailureRestarts,
    childCount: kernel.childCount,
    children: () => [...kernel.children()].flatMap((child) => infoOf(child) ?? []),
    child: (id) => {
      const child = kernel.child(id);
      return child && infoOf(child);
    },
  };
}

export function viewOfRecord({ head, children }: SupervisorRecord, codec: Codec): SupervisorView {
  const { startedAt, totalRestarts, nodeFailureRestarts } = head;
  return {
    strategy: readSettings(head.settings, codec).strategy,
    startedAt,
    totalRestarts,
    nodeFailureRestarts,
    childCount: children.size,
    children: () => [...children.values()].flatMap((child) => recordedInfo(child, codec) ?? []),
    child: (id) => {
      const child = children.get(id);
      return child && recordedInfo(child, codec);
    },
  };
}

/** The figures of a view at `wallMs`. */
export function statsOf(id: string, view: SupervisorView, wallMs: number) {
  const childrenByNode = new Map<NodeId, number>();
  for (const { nodeId } of view.children()) {
    childrenByNode.set(nodeId, (childrenByNode.get(nodeId) ?? 0) + 1);
  }
  const { strategy, childCount, totalRestarts, nodeFailureRestarts, startedAt } = view;
  const stats: DistributedSupervisorStats = {
    id,
    strategy,
    childCount,
    childrenByNode,
    totalRestarts,
    nodeFailureRestarts,
    startedAt,
    uptimeMs: wallMs - startedAt,
  };
  return stats;
}

function infoOf(child: ChildView<PlacedSpec, ChildHandle>): DistributedChildInfo | undefined {
  const { handle, spec, status, restartCount } = child;
  if (handle === undefined || (status !== 'running' && status !== 'stopping')) return undefined;
  const { ref, nodeId, startedAt } = handle;
  return { id: spec.id, ref, spec: spec.given, nodeId, restartCount, startedAt };
}

function recordedInfo(
  { id, spec, state, handle, restartCount }: ChildRecord,
  codec: Codec,
): DistributedChildInfo | undefined {
  if (state !== 'running' || handle === undefined) return undefined;
  const { processId, nodeId, startedAt } = handle;
  const ref = { id: processId, nodeId };
  const given = codec.decode(spec) as DistributedChildSpec;
  return { id, ref, spec: given, nodeId, restartCount, startedAt };
}
