import type { FenceOwner } from '../base/fence.js';
import type { NodeId } from '../base/node-id.js';
import type { Codec } from '../cluster/codec.js';
import type { SupervisionKernel } from '../otp/supervision/kernel.js';
import { rememberedState } from '../otp/supervision/kernel-memory.js';
import type { ChildView } from '../otp/supervision/child.js';
import type { ChildHandle, DistributedChildSpec, PlacedSpec } from './distributed-child.js';
import type { OwnHead } from './replication.js';
import type { ChildRecord, RecordedHandle } from './supervisor-record.js';

/** The part of a head that does not change while a node has the supervisor. */
export type SettledHead = Pick<OwnHead, 'id' | 'name' | 'settings' | 'startedAt'>;

/** The part that a supervisor counts. */
export type CountedHead = Pick<OwnHead, 'totalRestarts' | 'nodeFailureRestarts' | 'madeCount'>;

/** Writes down what others have to know of a supervisor: all of it, and then what changes. */
export class RecordKeeper {
  readonly #kernel: SupervisionKernel<PlacedSpec, ChildHandle>;
  readonly #codec: Codec;
  readonly #settled: SettledHead;
  readonly #packed = new WeakMap<DistributedChildSpec, Uint8Array>();

  constructor(
    kernel: SupervisionKernel<PlacedSpec, ChildHandle>,
    codec: Codec,
    settled: SettledHead,
  ) {
    this.#kernel = kernel;
    this.#codec = codec;
    this.#settled = settled;
  }

  head(counted: CountedHead, nowMs: number): OwnHead {
    const { attempts, phase } = this.#kernel;
    return {
      ...this.#settled,
      ...counted,
      attempts,
      isEnding: phase === 'stopping' || phase === 'ended',
      restartAgesMs: this.#kernel.restartAges(nowMs),
    };
  }

  children(): Map<string, ChildRecord> {
    this.#kernel.takeTouched();
    const children = [...this.#kernel.children()];
    return new Map(children.map((child) => [child.spec.id, this.#recordOf(child)]));
  }

  /** What changed since it was last asked; `undefined` for nothing. */
  changes(): { removed: string[]; changed: ChildRecord[] } | undefined {
    const touched = this.#kernel.takeTouched();
    if (touched.size === 0) return undefined;
    const removed: string[] = [];
    const changed: ChildRecord[] = [];
    for (const [id, { wasRemoved }] of touched) {
      if (wasRemoved) removed.push(id);
      const child = this.#kernel.child(id);
      if (child !== undefined) changed.push(this.#recordOf(child));
    }
    return { removed, changed };
  }

  #recordOf(child: ChildView<PlacedSpec, ChildHandle>): ChildRecord {
    const { spec, attempt, restartCount, handle } = child;
    return {
      id: spec.id,
      spec: this.#specOf(spec.given),
      state: rememberedState(child),
      attempt,
      restartCount,
      handle: handle && recordedHandle(handle),
    };
  }

  #specOf(given: DistributedChildSpec): Uint8Array {
    const known = this.#packed.get(given);
    if (known !== undefined) return known;
    const packed = packCrossing(this.#codec, given);
    this.#packed.set(given, packed);
    return packed;
  }
}

/**
 * Packs what can cross of it. A selector that is a function and arguments that cannot cross are
 * left out: then the supervisor stays where it is, and others only look at it.
 */
function packCrossing(codec: Codec, given: DistributedChildSpec): Uint8Array {
  const { nodeSelector, args, ...plain } = given;
  const crossing = typeof nodeSelector === 'function' ? {} : { nodeSelector };
  try {
    return codec.encode({ ...plain, ...crossing, ...(args && { args }) });
  } catch {
    return codec.encode({ ...plain, ...crossing });
  }
}

function recordedHandle({ ref, nodeId, fence, startedAt }: ChildHandle): RecordedHandle {
  return { processId: ref.id, nodeId, fence, startedAt };
}

/** The handle that a record speaks of. */
export function handleOf({ processId, nodeId, fence, startedAt }: RecordedHandle): ChildHandle {
  return { ref: { id: processId, nodeId }, nodeId, fence, startedAt };
}

/** The first owner of a supervisor of this life of this node. */
export function firstOwner(self: { nodeId: NodeId; incarnation: bigint }): FenceOwner {
  return { term: 1, ownerNode: self.nodeId, ownerIncarnation: self.incarnation };
}
