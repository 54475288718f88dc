import type { NodeId } from '../base/node-id.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';
import { BEHAVIORS, type BehaviorTable } from './behavior-registry.js';
import {
  type BehaviorMismatch,
  type BehaviorVersions,
  mismatchText,
  mismatchesOf,
  readVersionList,
  versionList,
} from './behavior-version.js';
import type { ClusterNode } from './cluster-node.js';
import { malformedFrame } from './frame-error.js';

/**
 * Tells the others which behaviours this node has in which versions, when they join and at every
 * change after that, and keeps where they differ from what it was told. A difference is logged,
 * once, and shows in `NodeInfo`; in a rolling upgrade there are some for a while.
 */
export class VersionExchange {
  readonly #runtime: Runtime;
  readonly #behaviors: BehaviorTable;
  readonly #told = new Map<NodeId, BehaviorVersions>();
  readonly #mismatches = new Map<NodeId, readonly BehaviorMismatch[]>();
  /** Which edition of the table each peer was offered when it joined. */
  readonly #offered = new Map<NodeId, number>();
  #edition = 0;
  #node: ClusterNode | undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#behaviors = runtime.use(BEHAVIORS);
    this.#behaviors.onChange(() => this.#changed());
  }

  attach(node: ClusterNode): void {
    this.#node = node;
    node.onJoin('behaviors', {
      offer: ({ nodeId }) => {
        this.#offered.set(nodeId, this.#edition);
        return versionList(this.#behaviors.versions());
      },
      read: readVersionList,
      accept: ({ nodeId }, versions) => this.#hear(nodeId, versions),
    });
    node.onControl(TOPIC, ({ nodeId }, payload) => {
      const versions = readVersionList(payload);
      if (versions === undefined) throw malformedFrame('no list of behaviors');
      this.#hear(nodeId, versions);
    });
    node.listen({
      // What changed while the peer was joining had no way to it.
      up: ({ nodeId }) => {
        if (this.#offered.get(nodeId) !== this.#edition) this.#tell(nodeId);
      },
      down: ({ nodeId }) => this.#forget(nodeId),
      left: () => {
        for (const nodeId of [...this.#told.keys()]) this.#forget(nodeId);
        this.#node = undefined;
      },
    });
  }

  /** By name; none for a node that is no member. */
  mismatchesWith(nodeId: NodeId): readonly BehaviorMismatch[] {
    return this.#mismatches.get(nodeId) ?? NONE;
  }

  #hear(nodeId: NodeId, versions: BehaviorVersions): void {
    this.#told.set(nodeId, versions);
    this.#compare(nodeId, versions);
  }

  #changed(): void {
    this.#edition += 1;
    for (const [nodeId, versions] of this.#told) {
      this.#compare(nodeId, versions);
      this.#tell(nodeId);
    }
  }

  #compare(nodeId: NodeId, versions: BehaviorVersions): void {
    const mismatches = mismatchesOf(this.#behaviors.versions(), versions);
    const behaviors = mismatchText(mismatches);
    const isNew = behaviors !== mismatchText(this.mismatchesWith(nodeId));
    this.#mismatches.set(nodeId, mismatches);
    if (!isNew || mismatches.length === 0) return;
    const { log } = this.#runtime.platform;
    log.warn('behaviors of another node have other versions', { nodeId, behaviors });
  }

  #tell(nodeId: NodeId): void {
    this.#node?.sendControl(nodeId, TOPIC, versionList(this.#behaviors.versions()));
  }

  #forget(nodeId: NodeId): void {
    this.#told.delete(nodeId);
    this.#mismatches.delete(nodeId);
    this.#offered.delete(nodeId);
  }
}

export const VERSION_EXCHANGE: ServiceKey<VersionExchange> = {
  name: 'version exchange',
  create: (runtime) => new VersionExchange(runtime),
};

const TOPIC = 'behaviors';
const NONE: readonly BehaviorMismatch[] = [];
