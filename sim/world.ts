import { unreachable } from '../src/base/assert.js';
import { type Deferred, deferred } from '../src/base/deferred.js';
import { agendaOf, type WorldEvent } from './agenda.js';
import type { Host } from './connection.js';
import { Draws } from './draw.js';
import { EventQueue } from './event-queue.js';
import { oneWayRule, partitionRule } from './fault.js';
import type { Lane, ThreadEnd, ThreadInfo } from './lanes/lane.js';
import { type Delivery, Network } from './network.js';
import { NodeState } from './node-state.js';
import type { CrashFault, CrashMode, Fault } from './plan.js';
import type { RunConfig } from './run-config.js';
import { Trace, type TraceKind, type TracePoint } from './trace.js';
import type { NodeOutput, Observation, TurnResult } from './turn.js';
import type { EndReason, FailedNode, WorldReport, WorldWatcher } from './world-report.js';

/**
 * All simulated state, and the loop that makes it happen.
 *
 * One node runs at a time, and the order of events is a function of the config alone. Virtual time
 * jumps from event to event. What a node did in a turn takes effect after it, all at once.
 */
export class World {
  readonly #config: RunConfig;
  readonly #lane: Lane;
  readonly #watcher: WorldWatcher | undefined;
  readonly #draws: Draws;
  readonly #queue = new EventQueue<WorldEvent>();
  readonly #network: Network;
  readonly #nodes: NodeState[];
  readonly #trace: Trace;
  readonly #durationUs: number;
  readonly #end: Deferred<EndReason> = deferred();
  readonly #threads: ThreadInfo[] = [];
  readonly #threadEnds: ThreadEnd[] = [];
  readonly #failures: FailedNode[] = [];
  #turns = 0;
  #instantUs = -1;
  #turnsThisInstant = 0;
  #current: NodeState | undefined;
  #returned = false;
  #entering = false;
  #pause: Promise<void> | undefined;

  constructor(config: RunConfig, lane: Lane, watcher?: WorldWatcher) {
    this.#config = config;
    this.#lane = lane;
    this.#watcher = watcher;
    this.#draws = new Draws(config.seed);
    this.#durationUs = config.durationMs * 1000;
    this.#trace = new Trace({ keep: config.keepEntries });
    this.#network = new Network(
      config.nodes.map(({ address }) => address),
      {
        latencyUs: config.latencyUs,
        connectTimeoutUs: config.connectTimeoutMs * 1000,
        buffer: config.buffer,
      },
      this.#draws,
      {
        nowUs: () => this.#queue.nowUs,
        schedule: (atUs, tie, event) => this.#queue.schedule(atUs, tie, event),
        note: (kind, host, link) => this.#trace.link(this.#pointOf(host), kind, link),
      },
    );
    this.#nodes = this.#network.hosts.map((host) => new NodeState(host));
  }

  /** Runs to the end. Rejects only when the simulator itself fails, or a turn overruns. */
  async run(): Promise<WorldReport> {
    // One after another: threads that start together come up in any order, and get ids in it.
    for (const node of this.#nodes) {
      if (this.#watcher?.turned(0) === 'abort') break;
      await this.#boot(node);
    }
    for (const { atUs, tie, event } of agendaOf(this.#config.plan, this.#draws)) {
      this.#queue.schedule(atUs, tie, event);
    }
    const startedMs = performance.now();
    setImmediate(this.#pump);
    const end = await this.#end.promise;
    return {
      end,
      loopMs: performance.now() - startedMs,
      endedUs: this.#queue.nowUs,
      turns: this.#turns,
      events: this.#trace.events,
      traceHash: this.#trace.digest(),
      entries: this.#trace.entries,
      failures: this.#failures,
      threads: this.#threads,
      threadEnds: this.#threadEnds,
    };
  }

  // Each call runs until it has to wait for a node or a thread. In the in-process lane it is called
  // from the native immediate in which the former node fell quiet, so that the next one is entered
  // from that same callback.
  readonly #pump = (): void => {
    try {
      for (let steps = 0; steps < STEPS_BETWEEN_YIELDS; steps++) {
        const pause = this.#pause ?? this.#step();
        if (pause === 'entered') return;
        if (pause === undefined) continue;
        if (typeof pause === 'string') {
          this.#end.resolve(pause);
          return;
        }
        this.#pause = undefined;
        pause.then(() => setImmediate(this.#pump), this.#fail);
        return;
      }
      setImmediate(this.#pump);
    } catch (error) {
      this.#fail(error);
    }
  };

  readonly #fail = (error: unknown): void => {
    this.#end.reject(error);
  };

  #step(): EndReason | 'entered' | Promise<void> | undefined {
    const over = this.#over();
    if (over !== undefined) return over;
    const event = this.#queue.take();
    if (event === undefined) return 'quiet';
    const outcome = this.#happen(event);
    if (outcome === undefined || outcome instanceof Promise) return outcome;
    return this.#enter(outcome);
  }

  #over(): EndReason | undefined {
    if (this.#turnsThisInstant > this.#config.turnsPerInstantMax) return 'livelock';
    if (this.#trace.events >= (this.#config.untilEvent ?? Infinity)) return 'until-event';
    if ((this.#queue.nextUs ?? 0) > this.#durationUs) return 'duration';
    const word = this.#watcher?.turned(this.#queue.nowUs);
    if (word === undefined) return undefined;
    return word === 'stop' ? 'stopped' : 'aborted';
  }

  #happen(event: WorldEvent): Delivery | Promise<void> | undefined {
    switch (event.kind) {
      case 'deliver':
      case 'local':
      case 'dial-timeout':
        return this.#network.happen(event);
      case 'boot':
        return this.#deliver(event.node, { kind: 'boot' });
      case 'wake':
        return this.#wake(event.node, event.alarm);
      case 'operation':
        return this.#deliver(event.node, { kind: 'operation', operation: event.operation });
      case 'fault':
        return this.#strike(event.fault, event.id);
      case 'heal':
        this.#note(NO_NODE, 'heal', event.id);
        this.#network.rules.remove(event.id);
        this.#network.release();
        return undefined;
      default:
        return unreachable(event);
    }
  }

  #deliver(index: number, input: Delivery['input']): Delivery | undefined {
    const node = this.#node(index);
    if (node.host.state === 'up') return { host: node.host, input };
    this.#note(node.point(this.#queue.nowUs), 'idle', input);
    return undefined;
  }

  #wake(index: number, alarm: number): Delivery | undefined {
    const node = this.#node(index);
    // The deadline was moved, or its node is gone.
    if (alarm !== node.alarm || node.host.state !== 'up') return undefined;
    node.deadlineUs = undefined;
    return { host: node.host, input: { kind: 'wake' } };
  }

  #enter({ host, input }: Delivery): 'entered' | undefined {
    const nowUs = this.#queue.nowUs;
    if (nowUs !== this.#instantUs) {
      this.#instantUs = nowUs;
      this.#turnsThisInstant = 0;
    }
    this.#turnsThisInstant += 1;
    this.#turns += 1;
    const node = this.#node(host.index);
    this.#trace.input(node.point(nowUs), input);
    const acks = this.#network.takeAcks(host);
    this.#current = node;
    this.#returned = false;
    this.#entering = true;
    this.#lane.turn(
      host.index,
      acks === undefined ? { nowUs, input } : { nowUs, input, acks },
      this.#done,
    );
    this.#entering = false;
    return this.#returned ? undefined : 'entered';
  }

  readonly #done = (result: TurnResult): void => {
    try {
      this.#apply(this.#current as NodeState, result);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.#entering) this.#returned = true;
    else this.#pump();
  };

  #apply(node: NodeState, result: TurnResult): void {
    const point = node.point(this.#queue.nowUs);
    if (result.fired.length > 0) this.#trace.timers(point, result.fired);
    const cut = this.#cutOf(node, result);
    const outputs = cut === undefined ? result.outputs : result.outputs.slice(0, cut.afterOutputs);
    let exits = false;
    for (const output of outputs) {
      this.#trace.output(point, output);
      exits = this.#carryOut(node, output) || exits;
    }
    for (const observation of result.observations) this.#observe(point, observation);
    this.#setAlarm(node, result.deadlineUs);
    if (result.failure !== undefined) {
      this.#failures.push({ ...point, failure: result.failure });
      this.#pause = this.#kill(node, 'failed', 'closes');
    } else if (cut !== undefined) {
      this.#pause = this.#crash(cut);
    } else if (exits) {
      this.#pause = this.#kill(node, 'crash', 'exits');
    }
  }

  #cutOf(node: NodeState, result: TurnResult): CrashFault | undefined {
    const { cut } = node;
    if (cut?.afterOutputs === undefined || result.outputs.length <= cut.afterOutputs)
      return undefined;
    node.cut = undefined;
    return cut;
  }

  #carryOut(node: NodeState, output: NodeOutput): boolean {
    const { host } = node;
    switch (output.kind) {
      case 'listen':
      case 'unlisten':
        host.listening = output.kind === 'listen';
        return false;
      case 'dial':
        this.#network.dial(host, output.link, output.address);
        return false;
      case 'send':
        this.#network.send(host, output.link, output.bytes);
        return false;
      case 'close':
        this.#network.close(host, output.link);
        return false;
      case 'synced':
        for (const [key, value] of output.entries) node.durable.set(key, value);
        return false;
      case 'exit':
        return true;
      default:
        return unreachable(output);
    }
  }

  #observe(point: TracePoint, observation: Observation): void {
    const event = this.#trace.events;
    // What a log line says is free to change; it is for people.
    if (observation.kind !== 'log') this.#trace.detail(point, 'observation', observation);
    this.#watcher?.observed({ ...point, event, observation });
  }

  #setAlarm(node: NodeState, deadlineUs: number | undefined): void {
    if (deadlineUs === node.deadlineUs) return;
    node.deadlineUs = deadlineUs;
    node.alarm += 1;
    if (deadlineUs === undefined) return;
    const { index } = node.host;
    const tie = this.#draws.number('wake', index, node.host.life, deadlineUs);
    this.#queue.schedule(deadlineUs, tie, { kind: 'wake', node: index, alarm: node.alarm });
  }

  #strike(fault: Fault, id: string): Promise<void> | undefined {
    switch (fault.kind) {
      case 'crash':
        if (fault.afterOutputs === undefined) return this.#crash(fault);
        this.#node(fault.node).cut = fault;
        return undefined;
      case 'restart':
        return this.#restart(this.#node(fault.node));
      case 'partition':
        this.#note(NO_NODE, 'partition', fault.groups);
        this.#network.rules.add(partitionRule(id, fault.groups));
        return undefined;
      case 'one-way':
        this.#note(NO_NODE, 'one-way', { from: fault.from, to: fault.to });
        this.#network.rules.add(oneWayRule(id, fault.from, fault.to));
        return undefined;
      default:
        return unreachable(fault);
    }
  }

  #crash(fault: CrashFault): Promise<void> | undefined {
    const node = this.#node(fault.node);
    if (node.host.state !== 'up') {
      this.#note(node.point(this.#queue.nowUs), 'idle', 'crash');
      return undefined;
    }
    const nowUs = this.#queue.nowUs;
    if (fault.restartAfterMs !== undefined) {
      const restart: Fault = { kind: 'restart', node: fault.node, atMs: 0 };
      const tie = this.#draws.number('restart', fault.node, node.host.life);
      const atUs = nowUs + Math.round(fault.restartAfterMs * 1000);
      this.#queue.schedule(atUs, tie, { kind: 'fault', fault: restart, id: 'restart' });
    }
    const drawn: CrashMode = this.#draws.pick(MODES, 'crash-mode', fault.node, node.host.life);
    return this.#kill(node, 'crash', fault.mode ?? drawn);
  }

  async #kill(node: NodeState, kind: 'crash' | 'failed', mode: CrashMode | 'exits'): Promise<void> {
    this.#note(node.point(this.#queue.nowUs), kind, mode);
    this.#network.crash(node.host, mode);
    node.deadlineUs = undefined;
    node.cut = undefined;
    node.alarm += 1;
    this.#threadEnds.push(await this.#lane.crash(node.host.index));
  }

  #restart(node: NodeState): Promise<void> | undefined {
    if (node.host.state !== 'up') return this.#boot(node);
    this.#note(node.point(this.#queue.nowUs), 'idle', 'restart');
    return undefined;
  }

  async #boot(node: NodeState): Promise<void> {
    const { index } = node.host;
    this.#network.restart(node.host);
    const incarnation = node.host.life;
    if (incarnation > 1) this.#note(node.point(this.#queue.nowUs), 'restart');
    const spec = this.#config.nodes[index] as RunConfig['nodes'][number];
    this.#threads.push(
      await this.#lane.boot({
        nodeId: spec.id,
        address: spec.address,
        index,
        incarnation,
        seed: this.#config.seed,
        epochMs: this.#config.epochMs,
        nowUs: this.#queue.nowUs,
        buffer: this.#config.buffer,
        program: spec.program,
        durable: [...node.durable],
      }),
    );
    const tie = this.#draws.number('boot', index, incarnation);
    this.#queue.schedule(this.#queue.nowUs, tie, { kind: 'boot', node: index });
  }

  #note(point: Omit<TracePoint, 'atUs'>, kind: TraceKind, detail?: unknown): void {
    const at = { ...point, atUs: this.#queue.nowUs };
    const event = this.#trace.events;
    this.#trace.detail(at, kind, detail);
    if (kind === 'idle') return;
    this.#watcher?.observed({ ...at, event, observation: { kind: `world_${kind}`, detail } });
  }

  #pointOf(host: Host): TracePoint {
    return { atUs: this.#queue.nowUs, node: host.index, incarnation: host.life };
  }

  #node(index: number): NodeState {
    const node = this.#nodes[index];
    if (node === undefined)
      throw new RangeError(`the plan names node ${index}, which does not exist`);
    return node;
  }
}

const MODES: readonly [CrashMode, CrashMode] = ['closes', 'silent'];
// A sink for records about no node in particular.
const NO_NODE = { node: 0xffff, incarnation: 0 };
// The lane that answers at once would otherwise never let signals and progress lines in. Whoever
// started this process may give it no more than some hundredths of a second to hear a signal.
const STEPS_BETWEEN_YIELDS = 64;
