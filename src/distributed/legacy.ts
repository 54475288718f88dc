import type { FenceOwner } from '../base/fence.js';
import type { NodeId } from '../base/node-id.js';
import type { Codec } from '../cluster/codec.js';
import type { RestartIntensity, SupervisorStrategy } from '../otp/child-spec.js';
import type { KernelEvent } from '../otp/supervision/kernel-event.js';
import { reasonText } from '../runtime/exit-reason.js';
import type { KernelMemory, RememberedChild } from '../otp/supervision/kernel-memory.js';
import {
  type ChildHandle,
  type DistributedChildSpec,
  type PlacedSpec,
  checkDistributedChild,
} from './distributed-child.js';
import { type CountedHead, handleOf } from './record-keeper.js';
import type { OwnHead, Replication } from './replication.js';
import type { Inheritance } from './succession.js';
import type { SupervisorSettings } from './supervisor-options.js';
import type { ChildRecord, SupervisorHead } from './supervisor-record.js';
import type { TakeoverPolicy } from './takeover-policy.js';

/** What a supervisor goes on with when it comes from another node. */
export interface Legacy {
  readonly from: NodeId;
  readonly replication: Replication;
  readonly memory: KernelMemory<PlacedSpec, ChildHandle>;
  readonly counted: CountedHead;
  /** The former owner was about to end it. */
  readonly isEnding: boolean;
  /** Happened while nobody looked; the loss of nodes as one event. */
  readonly news: readonly News[];
}

type News = Extract<KernelEvent<PlacedSpec, ChildHandle>, { kind: 'exited' | 'lost' }>;

/** The record of the former owner, and what was found of it, in the words of a kernel. */
export function legacyOf(
  head: SupervisorHead,
  replication: Replication,
  { children, lost, ended }: Inheritance,
  settings: SupervisorSettings,
  codec: Codec,
): Legacy {
  const { totalRestarts, nodeFailureRestarts, madeCount, owner, isEnding, restartAgesMs } = head;
  // Starts that the record does not know of have numbers, too.
  const attempts = children.reduce((most, { attempt }) => Math.max(most, attempt), head.attempts);
  const remembered = children.map((child) => rememberedChild(child, settings, codec));
  const news: News[] = ended.map(({ child, reason }) => {
    return { kind: 'exited', id: child.id, attempt: child.attempt, reason };
  });
  if (lost.length > 0) {
    const gone = lost.map(({ id, attempt }) => ({ id, attempt }));
    news.push({ kind: 'lost', children: gone, reason: 'noconnection' });
  }
  return {
    from: owner.ownerNode as NodeId,
    replication,
    memory: { children: remembered, attempts, restartAgesMs },
    counted: { totalRestarts, nodeFailureRestarts, madeCount },
    isEnding,
    news,
  };
}

/** The children that an event is about. */
export function idsOf(event: News): readonly string[] {
  return event.kind === 'lost' ? event.children.map(({ id }) => id) : [event.id];
}

/** What somebody who only listens has to know of the news from a node. */
export function newsFact(
  nodeId: NodeId,
  event: News,
): readonly [topic: string, fields: Readonly<Record<string, unknown>>] {
  if (event.kind === 'exited') {
    const { id: childId, attempt: sequence, reason } = event;
    return ['child_ended', { childId, sequence, reason: reasonText(reason) }];
  }
  const childIds = event.children.map(({ id }) => id);
  const sequences = event.children.map(({ attempt }) => attempt);
  return ['children_lost', { nodeId, childIds, sequences }];
}

/** What somebody who only listens has to know of a supervisor that goes on. */
export function resumedFact(
  { owner, strategy, intensity, takeover }: ResumedOptions,
  children: KernelMemory<PlacedSpec, ChildHandle>['children'],
  { restartAgesMs }: KernelMemory<PlacedSpec, ChildHandle>,
): Readonly<Record<string, unknown>> {
  return {
    term: owner.term,
    strategy,
    restartIntensity: intensity,
    takeover,
    restartAgesMs,
    children: children.map(({ spec, state, attempt, handle }) => ({
      childId: spec.id,
      restart: spec.restart,
      state,
      sequence: attempt,
      nodeId: handle?.nodeId,
    })),
  };
}

interface ResumedOptions {
  readonly owner: FenceOwner;
  readonly strategy: SupervisorStrategy;
  readonly intensity: RestartIntensity;
  readonly takeover: TakeoverPolicy | undefined;
}

/** The part of a head that an owner tells of himself. */
export function ownHead(head: SupervisorHead): OwnHead {
  const { id, name, settings, startedAt, totalRestarts, nodeFailureRestarts } = head;
  const { madeCount, attempts, isEnding, restartAgesMs } = head;
  const counted = { totalRestarts, nodeFailureRestarts, madeCount, attempts, restartAgesMs };
  return { id, name, settings, startedAt, ...counted, isEnding };
}

function rememberedChild(
  { spec, state, attempt, restartCount, handle }: ChildRecord,
  settings: SupervisorSettings,
  codec: Codec,
): RememberedChild<PlacedSpec, ChildHandle> {
  const given = codec.decode(spec) as DistributedChildSpec;
  const placed = checkDistributedChild(given, settings);
  return { spec: placed, state, attempt, restartCount, handle: handle && handleOf(handle) };
}
