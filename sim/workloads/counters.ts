import { deferred } from '../../src/base/deferred.js';
import type { NodeId } from '../../src/base/node-id.js';
import { CLUSTER, type ClusterService } from '../../src/cluster/cluster.js';
import { GenServer } from '../../src/otp/facades.js';
import { BEHAVIORS } from '../../src/cluster/behavior-registry.js';
import { DISTRIBUTED_SUPERVISORS } from '../../src/distributed/distributed-supervisor.js';
import type { DistributedSupervisorOptions } from '../../src/distributed/supervisor-options.js';
import type { DistributedSupervisorRef } from '../../src/distributed/distributed-event.js';
import type { NodeSelector, NodeSelectorFn } from '../../src/distributed/node-selector.js';
import type { AnyBehavior, GenServerRef, NameLostInfo } from '../../src/otp/behavior.js';
import type { Address } from '../../src/platform/transport.js';
import { setCurrentRuntime } from '../../src/runtime/current.js';
import { Runtime } from '../../src/runtime/runtime.js';
import type { NodeContext, NodeProgram } from '../program.js';
import { stopAndTell } from './after-stop.js';
import { CALL_TIMEOUT_MS, codeOf } from './asking.js';
import { type CounterMessage, type CounterReply, counterBehavior } from './counter.js';
import {
  type CounterOperation,
  type CountersSettings,
  type SelectorSetting,
  orphanTimeoutMs,
} from './counters-settings.js';
import { greeterName } from './greeter-name.js';
import { sendHostile } from './hostile.js';
import { Inits } from './inits.js';
import { lastWords } from './last-words.js';
import { observeNode } from './observed-node.js';

export type {
  ChildSetting,
  CounterOperation,
  CountersSettings,
  SelectorSetting,
} from './counters-settings.js';

/** The program of `npm run sim`: a supervisor on the first node, counters everywhere. */
export function createNode(context: NodeContext): NodeProgram {
  const node = new CountersNode(context);
  return {
    start: () => node.start(),
    operate: (operation) => node.operate(operation as CounterOperation),
    leave: () => node.leave(),
  };
}

type MessageOperation = Extract<CounterOperation, { kind: 'call' | 'cast' }>;
type RegisterOperation = Extract<CounterOperation, { kind: 'register' }>;

class CountersNode {
  readonly #context: NodeContext;
  readonly #settings: CountersSettings;
  readonly #runtime: Runtime;
  readonly #cluster: ClusterService;
  readonly #sent = new Map<string, number>();
  readonly #inits: Inits;
  readonly #asked = deferred<void>();
  #greeter: GenServerRef | undefined;
  #isLeaving = false;
  #supervisor: DistributedSupervisorRef | undefined;

  constructor(context: NodeContext) {
    this.#context = context;
    this.#settings = context.boot.program as CountersSettings;
    this.#runtime = new Runtime(context.platform);
    setCurrentRuntime(this.#runtime);
    observeNode(this.#runtime, context.observe);
    this.#cluster = this.#runtime.use(CLUSTER);
    this.#inits = new Inits(context.platform.timers);
    const counter = counterBehavior(context.observe, this.#inits) as AnyBehavior;
    this.#runtime.use(BEHAVIORS).register('counter', counter);
    // Every node hosts children, whether or not it runs a supervisor.
    const supervisors = this.#runtime.use(DISTRIBUTED_SUPERVISORS);
    supervisors.registerSelector('last', lastOf);
    supervisors.onLifecycleEvent((event) => {
      if (event.type === 'supervisor_taken_over') this.#supervisor = event.ref;
    });
  }

  async start(): Promise<void> {
    const { boot, transport } = this.#context;
    const { nodeIds, heartbeatIntervalMs, heartbeatMissThreshold, secret } = this.#settings;
    const [nodeName = '', hostPort = ''] = boot.nodeId.split('@');
    const [host = '', port = ''] = hostPort.split(':');
    const isFirst = boot.nodeId === nodeIds[0];
    if (this.#isLate && boot.incarnation === 1) await this.#asked.promise;
    const complete = isFirst && boot.incarnation === 1 ? this.#untilComplete() : undefined;
    await this.#cluster.start({
      nodeName,
      host,
      port: Number(port),
      seeds: nodeIds.filter((id) => id !== boot.nodeId),
      heartbeatIntervalMs,
      heartbeatMissThreshold,
      reconnectMaxDelayMs: 5000,
      ...(secret === undefined ? {} : { clusterSecret: secret }),
      transport,
    });
    await this.#startGreeter();
    if (complete === undefined) return;
    await complete;
    await this.#supervise();
  }

  operate(operation: CounterOperation): void | Promise<void> {
    if (operation.kind === 'join') {
      // A node that stood still may be told both at one time, and first to leave.
      if (!this.#isLeaving) this.#asked.resolve();
      return;
    }
    if (this.#cluster.running === undefined) return;
    switch (operation.kind) {
      case 'call':
      case 'cast':
        return this.#send(operation);
      case 'watch':
        return this.#watch(operation.child, operation.greeter);
      case 'inits':
        return this.#inits.expect(operation);
      case 'register':
        return this.#register(operation);
      case 'stop':
        return this.#stop();
      case 'hostile':
        return sendHostile(this.#context, this.#settings.secret, {
          ...operation,
          to: addressOf(operation.to),
        });
      case 'final':
        return lastWords({
          runtime: this.#runtime,
          cluster: this.#cluster,
          supervisor: this.#supervisor,
          childIds: this.#settings.supervisor.children.map(({ id }) => id),
          observe: this.#context.observe,
        });
    }
  }

  /** Leaves the cluster as a program does that was told to stop, and ends. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    const { platform, transport, observe } = this.#context;
    const [runtime, cluster] = [this.#runtime, this.#cluster];
    const ownTimers = (): number => this.#inits.pendingTimers;
    await stopAndTell({ runtime, cluster, platform, transport, observe, ownTimers });
    this.#context.exit();
  }

  get #isLate(): boolean {
    return this.#settings.late?.includes(this.#context.boot.index) === true;
  }

  #untilComplete(): Promise<void> {
    const { nodeIds, late = [] } = this.#settings;
    const expected = nodeIds.length - 1 - late.length;
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.#cluster.node.connectedNodes().length >= expected) resolve();
      };
      this.#cluster.onNodeUp(check);
      this.#runtime.platform.timers.after(0, check);
    });
  }

  async #supervise(): Promise<void> {
    const { strategy, selector, children, restartIntensity } = this.#settings.supervisor;
    const { takeover } = this.#settings.supervisor;
    const options: DistributedSupervisorOptions = {
      strategy,
      nodeSelector: selectorOf(selector, takeover !== undefined),
      restartIntensity,
      ...this.#takeoverOptions(),
      children: children.map((child) => ({
        id: child.id,
        behavior: 'counter',
        args: [child.id],
        restart: child.restart,
        ...(child.selector === undefined
          ? {}
          : { nodeSelector: selectorOf(child.selector, takeover !== undefined) }),
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
      ...(takeover === undefined ? {} : { takeover: this.#electorate(takeover) }),
    });
  }

  #takeoverOptions(): Partial<DistributedSupervisorOptions> {
    const { takeover, exclusive = false } = this.#settings.supervisor;
    if (takeover === undefined) return {};
    return {
      takeover: true,
      partition: takeover,
      orphanTimeoutMs: orphanTimeoutMs(this.#settings, exclusive),
      ...(exclusive ? { placement: 'exclusive' } : {}),
    };
  }

  /** Who votes on the supervisor, and how many have to agree. */
  #electorate(takeover: 'available' | 'majority') {
    if (takeover === 'available') return { votesNeeded: 0, voters: [] };
    const { nodeIds, late = [] } = this.#settings;
    const voters = nodeIds.filter((_, node) => !late.includes(node));
    return { votesNeeded: Math.floor(voters.length / 2) + 1, voters };
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

  async #stop(): Promise<void> {
    if (this.#supervisor === undefined) return;
    await this.#runtime.use(DISTRIBUTED_SUPERVISORS).stop(this.#supervisor);
    this.#observe('stopped', { supervisorId: this.#supervisor.id });
  }

  async #register({ name, isStubborn = false }: RegisterOperation): Promise<void> {
    const holder = await GenServer.start({
      init: () => null,
      handleCall: (message: unknown, state) => [message, state],
      handleCast: (_message: unknown, state) => state,
      handleInfo: (info: unknown, state, { self }) => {
        const { type, winner } = info as Partial<NameLostInfo>;
        if (type === 'NAME_LOST') {
          this.#observe('told_of_loss', { name, processId: self.id, winner: winner?.id });
        }
        return state;
      },
      ...(isStubborn ? { terminate: () => new Promise<void>(() => undefined) } : {}),
    });
    const fields = { name, processId: holder.id };
    try {
      this.#cluster.node.registry.register(name, holder);
      this.#observe('registered', fields);
    } catch (error) {
      this.#observe('unregistered', { ...fields, code: codeOf(error) });
      await GenServer.stop(holder);
    }
  }

  #send({ kind, child, op, end, paddingBytes, patient }: MessageOperation): void {
    const ref = this.#cluster.node.registry.whereis(child);
    if (ref === undefined) return this.#observe('unplaced', { child, op });
    const number = (this.#sent.get(ref.id) ?? 0) + 1;
    this.#sent.set(ref.id, number);
    const { nodeId, incarnation } = this.#context.boot;
    const from = `${nodeId}/${incarnation}`;
    const message: CounterMessage = {
      from,
      number,
      op,
      ...(end === undefined ? {} : { end }),
      ...(paddingBytes === undefined ? {} : { padding: new Uint8Array(paddingBytes) }),
    };
    if (kind === 'cast') return this.#cast(ref, message);
    this.#observe('asked', { child, op, processId: ref.id });
    const timeout = patient === true ? Infinity : CALL_TIMEOUT_MS;
    GenServer.call<CounterReply>(ref, message, { timeout }).then(
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

  #observe(kind: string, fields: Readonly<Record<string, unknown>>): void {
    this.#context.observe({ ...fields, kind });
  }
}

/** Where a node listens: its id ends with it. */
function addressOf(nodeId: string): Address {
  return nodeId.slice(nodeId.indexOf('@') + 1);
}

const lastOf: NodeSelectorFn = (nodes) => nodes.at(-1)?.id as NodeId;

/** A function cannot go along to another node: there it goes by its name. */
function selectorOf(selector: SelectorSetting, isMovable: boolean): NodeSelector {
  if (selector === 'last') return isMovable ? { selector } : lastOf;
  return typeof selector === 'string' ? selector : { node: selector.node as NodeId };
}
