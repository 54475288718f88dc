import type { NodeId } from '../../src/base/node-id.js';
import { CLUSTER, type ClusterService } from '../../src/cluster/cluster.js';
import { GenServer } from '../../src/otp/facades.js';
import { BEHAVIORS } from '../../src/cluster/behavior-registry.js';
import {
  DISTRIBUTED_SUPERVISORS,
  type DistributedSupervisorOptions,
} from '../../src/distributed/distributed-supervisor.js';
import type { DistributedSupervisorRef } from '../../src/distributed/distributed-event.js';
import type { NodeSelector } from '../../src/distributed/node-selector.js';
import type { AnyBehavior, GenServerRef } from '../../src/otp/behavior.js';
import { setCurrentRuntime } from '../../src/runtime/current.js';
import { Runtime } from '../../src/runtime/runtime.js';
import type { NodeContext, NodeProgram } from '../program.js';
import { type CounterMessage, type CounterReply, counterBehavior } from './counter.js';
import { greeterName } from './greeter-name.js';
import { observedProbe } from './observed-probe.js';

/** What every node of the workload is told. Plain data. */
export interface CountersSettings {
  /** Ids of all nodes, in order; the first one runs the supervisor. */
  readonly nodeIds: readonly string[];
  readonly heartbeatIntervalMs: number;
  readonly heartbeatMissThreshold: number;
  readonly supervisor: {
    readonly strategy: 'one_for_one' | 'one_for_all' | 'rest_for_one';
    readonly selector: SelectorSetting;
    readonly children: readonly ChildSetting[];
    readonly restartIntensity: { readonly maxRestarts: number; readonly withinMs: number };
  };
}

export interface ChildSetting {
  readonly id: string;
  readonly restart: 'permanent' | 'transient' | 'temporary';
  readonly selector?: SelectorSetting;
}

/** A selector as data. `last` is a selector function that always takes the last node. */
export type SelectorSetting =
  'local_first' | 'round_robin' | 'least_loaded' | 'random' | 'last' | { readonly node: string };

/** What a plan may ask of a node. */
export type CounterOperation =
  /** Calls or casts a child under its global name. */
  | {
      readonly kind: 'call' | 'cast';
      readonly child: string;
      readonly op: number;
      readonly end?: 'crash' | 'normal';
    }
  /** Watches a child, and links with another node's greeter. */
  | { readonly kind: 'watch'; readonly child: string; readonly greeter?: string }
  /** Tells the checkers how the node sees the cluster, and calls every child once more. */
  | { readonly kind: 'final' };

/** The program of `npm run sim`: a supervisor on the first node, counters everywhere. */
export function createNode(context: NodeContext): NodeProgram {
  const node = new CountersNode(context);
  return {
    start: () => node.start(),
    operate: (operation) => node.operate(operation as CounterOperation),
  };
}

class CountersNode {
  readonly #context: NodeContext;
  readonly #settings: CountersSettings;
  readonly #runtime: Runtime;
  readonly #cluster: ClusterService;
  readonly #sent = new Map<string, number>();
  #greeter: GenServerRef | undefined;
  #supervisor: DistributedSupervisorRef | undefined;

  constructor(context: NodeContext) {
    this.#context = context;
    this.#settings = context.boot.program as CountersSettings;
    this.#runtime = new Runtime(context.platform);
    setCurrentRuntime(this.#runtime);
    this.#runtime.probe = observedProbe(context.observe);
    this.#cluster = this.#runtime.use(CLUSTER);
    const counter = counterBehavior(context.observe) as AnyBehavior;
    this.#runtime.use(BEHAVIORS).register('counter', counter);
    // Every node hosts children, whether or not it runs a supervisor.
    this.#runtime.use(DISTRIBUTED_SUPERVISORS);
  }

  async start(): Promise<void> {
    const { boot, transport } = this.#context;
    const { nodeIds, heartbeatIntervalMs, heartbeatMissThreshold } = this.#settings;
    const [nodeName = '', hostPort = ''] = boot.nodeId.split('@');
    const [host = '', port = ''] = hostPort.split(':');
    const isFirst = boot.nodeId === nodeIds[0];
    const complete = isFirst && boot.incarnation === 1 ? this.#untilComplete() : undefined;
    await this.#cluster.start({
      nodeName,
      host,
      port: Number(port),
      seeds: nodeIds.filter((id) => id !== boot.nodeId),
      heartbeatIntervalMs,
      heartbeatMissThreshold,
      reconnectMaxDelayMs: 5000,
      transport,
    });
    await this.#startGreeter();
    if (complete === undefined) return;
    await complete;
    await this.#supervise();
  }

  operate(operation: CounterOperation): void {
    switch (operation.kind) {
      case 'call':
      case 'cast':
        return this.#send(operation);
      case 'watch':
        return this.#watch(operation.child, operation.greeter);
      case 'final':
        return this.#final();
    }
  }

  #untilComplete(): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        const others = this.#cluster.node.connectedNodes().length;
        if (others === this.#settings.nodeIds.length - 1) resolve();
      };
      this.#cluster.onNodeUp(check);
      this.#runtime.platform.timers.after(0, check);
    });
  }

  async #supervise(): Promise<void> {
    const { strategy, selector, children, restartIntensity } = this.#settings.supervisor;
    const options: DistributedSupervisorOptions = {
      strategy,
      nodeSelector: selectorOf(selector),
      restartIntensity,
      children: children.map((child) => ({
        id: child.id,
        behavior: 'counter',
        args: [child.id],
        restart: child.restart,
        ...(child.selector === undefined ? {} : { nodeSelector: selectorOf(child.selector) }),
      })),
    };
    const supervisors = this.#runtime.use(DISTRIBUTED_SUPERVISORS);
    this.#supervisor = await supervisors.start(options);
    const { id } = this.#supervisor;
    const placed = supervisors.getChildren(this.#supervisor);
    this.#observe('supervising', {
      supervisorId: id,
      strategy,
      restartIntensity,
      children: placed.map(({ id: childId, nodeId, spec }) => {
        return { childId, nodeId, restart: spec.restart ?? 'permanent' };
      }),
    });
  }

  /** A process that traps exits, for links between nodes, and watches children. */
  async #startGreeter(): Promise<void> {
    const { nodeId } = this.#context.boot;
    this.#greeter = await GenServer.start(
      {
        init: () => null,
        handleCall: (message: unknown, state) => [message, state],
        handleCast: (_message: unknown, state) => state,
        handleInfo: (_info: unknown, state) => state,
      },
      { name: 'greeter', trapExit: true },
    );
    this.#cluster.node.registry.register(greeterName(nodeId), this.#greeter);
  }

  #send({ kind, child, op, end }: Extract<CounterOperation, { kind: 'call' | 'cast' }>): void {
    const ref = this.#cluster.node.registry.whereis(child);
    if (ref === undefined) return this.#observe('unplaced', { child, op });
    const number = (this.#sent.get(ref.id) ?? 0) + 1;
    this.#sent.set(ref.id, number);
    const { nodeId, incarnation } = this.#context.boot;
    const from = `${nodeId}/${incarnation}`;
    const message: CounterMessage = { from, number, op, ...(end === undefined ? {} : { end }) };
    if (kind === 'cast') return this.#cast(ref, message);
    this.#observe('asked', { child, op, processId: ref.id });
    GenServer.call<CounterReply>(ref, message, { timeout: CALL_TIMEOUT_MS }).then(
      (reply) => this.#observe('answered', { child, op, echoed: reply.op, count: reply.count }),
      (error: unknown) => this.#observe('unanswered', { child, op, code: codeOf(error) }),
    );
  }

  #cast(ref: GenServerRef, message: CounterMessage): void {
    try {
      GenServer.cast(ref as GenServerRef<unknown, unknown, CounterMessage>, message);
    } catch (error) {
      // A child of this very node that has just ended: its name goes in the same turn.
      this.#observe('uncast', { op: message.op, code: codeOf(error) });
    }
  }

  #watch(child: string, greeter: string | undefined): void {
    const self = this.#greeter;
    if (self === undefined) return;
    const { registry } = this.#cluster.node;
    const target = registry.whereis(child);
    if (target !== undefined) GenServer.monitor(self, target);
    const other = greeter === undefined ? undefined : registry.whereis(greeterName(greeter));
    if (other !== undefined && other.id !== self.id) this.#runtime.link(self.id, other);
  }

  #final(): void {
    const { node } = this.#cluster;
    const members = node.connectedNodes().map(({ id }) => {
      return { nodeId: id, incarnation: (node.member(id)?.incarnation ?? 0n).toString() };
    });
    this.#observe('final_members', { members });
    this.#observe('final_names', {
      names: node.registry.getNames().map((name) => [name, node.registry.whereis(name)?.id]),
    });
    if (this.#supervisor !== undefined) this.#finalTable(this.#supervisor);
    for (const { id } of this.#settings.supervisor.children) this.#finalCall(id);
  }

  #finalTable(supervisor: DistributedSupervisorRef): void {
    const supervisors = this.#runtime.use(DISTRIBUTED_SUPERVISORS);
    if (!supervisors.isRunning(supervisor)) return this.#observe('final_stopped', {});
    const children = supervisors
      .getChildren(supervisor)
      .map(({ id, ref, nodeId, restartCount }) => {
        return { childId: id, processId: ref.id, nodeId, restartCount };
      });
    const { totalRestarts, nodeFailureRestarts } = supervisors.getStats(supervisor);
    this.#observe('final_table', { children, totalRestarts, nodeFailureRestarts });
  }

  #finalCall(child: string): void {
    const ref = this.#cluster.node.registry.whereis(child);
    if (ref === undefined) return this.#observe('final_call', { child, outcome: 'no name' });
    const message: CounterMessage = { from: 'final', number: 0, op: -1 };
    GenServer.call<CounterReply>(ref, message, { timeout: CALL_TIMEOUT_MS }).then(
      () => this.#observe('final_call', { child, outcome: 'reply' }),
      (error: unknown) => this.#observe('final_call', { child, outcome: codeOf(error) }),
    );
  }

  #observe(kind: string, fields: Readonly<Record<string, unknown>>): void {
    this.#context.observe({ ...fields, kind });
  }
}

function selectorOf(selector: SelectorSetting): NodeSelector {
  if (selector === 'last') return (nodes) => nodes.at(-1)?.id as NodeId;
  return typeof selector === 'string' ? selector : { node: selector.node as NodeId };
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'error';
}

const CALL_TIMEOUT_MS = 2000;
