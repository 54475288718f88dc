import type { NodeId } from '../../src/base/node-id.js';
import { BEHAVIORS } from '../../src/cluster/behavior-registry.js';
import { CLUSTER, type ClusterService } from '../../src/cluster/cluster.js';
import { DISTRIBUTED_SUPERVISORS } from '../../src/distributed/distributed-supervisor.js';
import { setCurrentRuntime } from '../../src/runtime/current.js';
import { Runtime } from '../../src/runtime/runtime.js';
import type { NodeContext, NodeProgram } from '../program.js';
import { codeOf } from '../workloads/asking.js';
import { lastWords } from '../workloads/last-words.js';
import { observedProbe } from '../workloads/observed-probe.js';
import { toldKind } from './invariant.js';
import * as slot from './module-slot.js';
import {
  checkBehaviors,
  checkModule,
  type SimulatedModule,
  type SimulatedNode,
} from './user-module.js';

/** What every node of a simulated module is told. Plain data. */
export interface ModuleSettings {
  /** Ids of all nodes, by index. */
  readonly nodeIds: readonly string[];
  readonly heartbeatIntervalMs: number;
  readonly heartbeatMissThreshold: number;
  readonly reconnectMaxDelayMs: number;
  /** The user's own. */
  readonly settings?: unknown;
}

export type ModuleOperation =
  | { readonly kind: 'operate'; readonly operation: unknown }
  /** Last words, the module's and then the node's own. */
  | { readonly kind: 'finish' };

/** The program of every node that runs a user's module. */
export function createNode(context: NodeContext): NodeProgram {
  return new ModuleNode(context, checkModule({ ...slot }));
}

/** The module itself, for whoever evaluates the bundle outside of a node. */
export function simulatedModule(): SimulatedModule {
  return checkModule({ ...slot });
}

class ModuleNode implements NodeProgram {
  readonly #context: NodeContext;
  readonly #module: SimulatedModule;
  readonly #settings: ModuleSettings;
  readonly #runtime: Runtime;
  readonly #cluster: ClusterService;
  readonly #node: SimulatedNode;

  constructor(context: NodeContext, module: SimulatedModule) {
    this.#context = context;
    this.#module = module;
    this.#settings = context.boot.program as ModuleSettings;
    this.#runtime = new Runtime(context.platform);
    setCurrentRuntime(this.#runtime);
    this.#runtime.probe = observedProbe(context.observe);
    this.#cluster = this.#runtime.use(CLUSTER);
    // Every node hosts children of distributed supervisors, whether or not it runs one.
    this.#runtime.use(DISTRIBUTED_SUPERVISORS);
    this.#node = this.#simulatedNode();
    const { behaviors = {} } = module;
    const table = checkBehaviors(
      typeof behaviors === 'function' ? behaviors(this.#node) : behaviors,
    );
    for (const [name, behavior] of Object.entries(table)) {
      this.#runtime.use(BEHAVIORS).register(name, behavior);
    }
  }

  async start(): Promise<void> {
    const { boot, transport } = this.#context;
    const { nodeIds, heartbeatIntervalMs, heartbeatMissThreshold, reconnectMaxDelayMs } =
      this.#settings;
    // Checkers learn from it which node is which, even of nodes that never start a process.
    this.#context.observe({ kind: 'node_started', nodeId: boot.nodeId });
    const [nodeName = '', hostPort = ''] = boot.nodeId.split('@');
    const [host = '', port = ''] = hostPort.split(':');
    await this.#cluster.start({
      nodeName,
      host,
      port: Number(port),
      seeds: nodeIds.filter((id) => id !== boot.nodeId),
      heartbeatIntervalMs,
      heartbeatMissThreshold,
      reconnectMaxDelayMs,
      transport,
    });
    await this.#module.setup?.(this.#node);
  }

  async operate(input: unknown): Promise<void> {
    const operation = input as ModuleOperation;
    if (operation.kind === 'operate') await this.#operate(operation.operation);
    else await this.#finish();
  }

  async leave(): Promise<void> {
    await this.#cluster.stop();
    this.#context.exit();
  }

  async #operate(operation: unknown): Promise<void> {
    const { observe, platform } = this.#context;
    try {
      await this.#module.operate?.(operation as never, this.#node);
      observe({ kind: 'operated', isDone: true });
    } catch (error) {
      // What the error says is for people: the trace has its code alone.
      platform.log.warn('an operation failed', { error });
      observe({ kind: 'operated', isDone: false, code: codeOf(error) });
    }
  }

  async #finish(): Promise<void> {
    lastWords({
      runtime: this.#runtime,
      cluster: this.#cluster,
      supervisor: undefined,
      childIds: [],
      observe: this.#context.observe,
    });
    await this.#module.finish?.(this.#node);
  }

  #simulatedNode(): SimulatedNode {
    const { boot, observe } = this.#context;
    const { nodeIds, settings } = this.#settings;
    return {
      index: boot.index,
      id: boot.nodeId as NodeId,
      ids: nodeIds as readonly NodeId[],
      isFirst: boot.index === 0,
      life: boot.incarnation,
      settings,
      observe: (what, data = {}) => observe({ kind: toldKind(what), data }),
      untilComplete: () => this.#untilComplete(),
    };
  }

  #untilComplete(): Promise<void> {
    const isComplete = (): boolean => {
      const others = this.#cluster.running?.connectedNodes().length ?? 0;
      return others === this.#settings.nodeIds.length - 1;
    };
    if (isComplete()) return Promise.resolve();
    return new Promise((resolve) => {
      const unsubscribe = this.#cluster.onNodeUp(() => {
        if (!isComplete()) return;
        unsubscribe();
        resolve();
      });
    });
  }
}
