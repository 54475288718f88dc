import { unreachable } from '../src/base/assert.js';
import { type Deferred, deferred } from '../src/base/deferred.js';
import { Deque } from '../src/base/deque.js';
import { agendaOf, type WorldEvent } from './agenda.js';
import type { Crossing } from './connection.js';
import { Draws } from './draw.js';
import { EventQueue } from './event-queue.js';
import { FaultDriver } from './faults/fault-driver.js';
import { assertPlan } from './faults/plan-check.js';
import type { Lane } from './lanes/lane.js';
import { type Delivery, Network } from './network.js';
import { NodeLives } from './node-lives.js';
import { NodeState } from './node-state.js';
import type { CrashMode } from './plan.js';
import type { RunConfig } from './run-config.js';
import { Trace, type TracePoint, type WorldNote } from './trace.js';
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
  readonly #lives: NodeLives;
  readonly #watcher: WorldWatcher | undefined;
  readonly #draws: Draws;
  readonly #queue = new EventQueue<WorldEvent>();
  readonly #network: Network;
  readonly #nodes: NodeState[];
  readonly #faults: FaultDriver;
  /** What nodes take before anything else happens. */
  readonly #prompt = new Deque<Delivery>();
  readonly #trace: Trace;
  readonly #durationUs: number;
  readonly #end: Deferred<EndReason> = deferred();
  readonly #failures: FailedNode[] = [];
  #turns = 0;
  #instantUs = -1;
  #turnsThisInstant = 0;
  #current: NodeState | undefined;
  #taking: Delivery | undefined;
  #returned = false;
  #entering = false;

  constructor(config: RunConfig, lane: Lane, watcher?: WorldWatcher) {
    assertPlan(config.plan, config.nodes.length);
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
        note: (kind, { index, life }, link, crossing) => {
          const point = { atUs: this.#queue.nowUs, node: index, incarnation: life };
          this.#trace.link(point, kind, link, undefined, crossing);
        },
      },
    );
    this.#nodes = this.#network.hosts.map((host) => new NodeState(host, config.epochMs));
    this.#lives = new NodeLives(config, lane, this.#network, this.#draws, {
      nowUs: () => this.#queue.nowUs,
      scheduleBoot: (atUs, tie, node) => this.#queue.schedule(atUs, tie, { kind: 'boot', node }),
    });
    this.#faults = this.#makeFaults();
  }

  /** Runs to the end. Rejects only when the simulator itself fails, or a turn overruns. */
  async run(): Promise<WorldReport> {
    for (const node of this.#nodes) {
      if (this.#watcher?.turned(0) === 'abort') break;
      this.#lives.begin(node);
      await this.#lives.takePending();
    }
    this.#queue.scheduleAll(agendaOf(this.#config.plan, this.#draws));
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
      faults: this.#faults.records(),
      threads: this.#lives.threads,
      threadEnds: this.#lives.threadEnds,
    };
  }

  // Each call runs until it has to wait for a node or a thread. In the in-process lane it is called
  // from the native immediate in which the former node fell quiet, so that the next one is entered
  // from that same callback.
  readonly #pump = (): void => {
    try {
      for (let steps = 0; steps < STEPS_BETWEEN_YIELDS; steps++) {
        const pending = this.#lives.takePending();
        if (pending !== undefined) {
          pending.then(() => setImmediate(this.#pump), this.#fail);
          return;
        }
        const outcome = this.#step();
        if (outcome === 'entered') return;
        if (outcome !== undefined) return this.#end.resolve(outcome);
      }
      setImmediate(this.#pump);
    } catch (error) {
      this.#fail(error);
    }
  };

  readonly #fail = (error: unknown): void => {
    this.#end.reject(error);
  };

  #step(): EndReason | 'entered' | undefined {
    const over = this.#over();
    if (over !== undefined) return over;
    const prompt = this.#prompt.shift();
    if (prompt !== undefined) return this.#offer(prompt);
    const event = this.#queue.take();
    if (event === undefined) return 'quiet';
    const outcome = this.#happen(event);
    return outcome === undefined || outcome === 'entered' ? outcome : this.#offer(outcome);
  }

  #over(): EndReason | undefined {
    if (this.#turnsThisInstant > this.#config.turnsPerInstantMax) return 'livelock';
    if (this.#trace.events >= (this.#config.untilEvent ?? Infinity)) return 'until-event';
    if ((this.#queue.nextUs ?? 0) > this.#durationUs) return 'duration';
    const word = this.#watcher?.turned(this.#queue.nowUs);
    if (word === undefined) return undefined;
    return word === 'stop' ? 'stopped' : 'aborted';
  }

  #happen(event: WorldEvent): Delivery | 'entered' | undefined {
    switch (event.kind) {
      case 'deliver':
      case 'stray':
      case 'local':
      case 'dial-timeout':
        return this.#network.happen(event);
      case 'boot':
        return this.#deliver(event.node, { kind: 'boot' });
      case 'wake':
        return this.#wake(this.#node(event.node), event.alarm);
      case 'ready':
        return this.#ready(this.#node(event.node), event.call);
      case 'operation':
        return this.#deliver(event.node, { kind: 'operation', operation: event.operation });
      case 'fault':
        this.#faults.happen(event.fault);
        return undefined;
      default:
        return unreachable(event);
    }
  }

  #deliver(index: number, input: Delivery['input']): Delivery | undefined {
    const node = this.#node(index);
    if (node.isUp) return { host: node.host, input };
    this.#note(node, 'idle', input);
    return undefined;
  }

  #wake(node: NodeState, alarm: number): Delivery | undefined {
    // The deadline was moved, or its node is gone.
    if (alarm !== node.alarm || !node.isUp) return undefined;
    if (!node.isReady(this.#queue.nowUs)) {
      node.wait({ alarm });
      this.#call(node);
      return undefined;
    }
    node.deadlineUs = undefined;
    return { host: node.host, input: { kind: 'wake' } };
  }

  #ready(node: NodeState, call: number): 'entered' | undefined {
    if (call !== node.called) return undefined;
    node.called = undefined;
    if (node.isPaused) return undefined;
    const isFree = node.busyUntilUs <= this.#queue.nowUs;
    const next = isFree ? node.next() : undefined;
    if (next !== undefined) return this.#enter(next);
    this.#call(node);
    return undefined;
  }

  /** Lets a node look at what waits for it as soon as it is neither paused nor busy. */
  #call(node: NodeState): void {
    if (node.called !== undefined || node.isPaused || !node.hasWaiting) return;
    const { index } = node.host;
    const call = node.call();
    const tie = this.#draws.number('ready', index, call);
    this.#queue.schedule(node.busyUntilUs, tie, { kind: 'ready', node: index, call });
  }

  #offer(delivery: Delivery): 'entered' | undefined {
    const node = this.#node(delivery.host.index);
    if (!node.isUp) return undefined;
    // A clock goes wrong whether or not anybody looks at it.
    if (node.isReady(this.#queue.nowUs) || delivery.input.kind === 'wall') {
      return this.#enter(delivery);
    }
    node.wait(delivery);
    this.#call(node);
    return undefined;
  }

  #enter(delivery: Delivery): 'entered' | undefined {
    const { host, input } = delivery;
    const nowUs = this.#queue.nowUs;
    if (nowUs !== this.#instantUs) {
      this.#instantUs = nowUs;
      this.#turnsThisInstant = 0;
    }
    this.#turnsThisInstant += 1;
    this.#turns += 1;
    const node = this.#node(host.index);
    this.#network.taken(delivery);
    this.#trace.input(node.point(nowUs), input, delivery.posted);
    const acks = this.#network.takeAcks(host);
    this.#current = node;
    this.#taking = delivery;
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
    const nowUs = this.#queue.nowUs;
    const point = node.point(nowUs);
    const { input, posted } = this.#taking as Delivery;
    if (result.fired.length > 0) this.#trace.timers(point, result.fired);
    for (const observation of result.observations) this.#observe(point, observation);
    if (input.kind === 'frame' && posted !== undefined) {
      this.#faults.crossed('delivered', posted, input.bytes);
    }
    const armed = node.takeArmed(result.outputs.length);
    const outputs =
      armed === undefined ? result.outputs : result.outputs.slice(0, armed.fault.afterOutputs);
    const exits = this.#carryOutAll(node, point, outputs);
    this.#faults.turned();
    if (!livesOn(node, point)) return;
    this.#setAlarm(node, result.deadlineUs);
    if (input.kind !== 'wall') node.turned(nowUs);
    if (result.failure !== undefined) {
      this.#failures.push({ ...point, failure: result.failure });
      this.#kill(node, 'failed', 'closes');
    } else if (armed !== undefined) {
      this.#faults.crash(armed);
    } else if (exits) {
      this.#kill(node, 'crash', 'exits');
    } else {
      this.#call(node);
    }
  }

  /** Says whether the program ended on purpose. A fault may end the node between two outputs. */
  #carryOutAll(node: NodeState, point: TracePoint, outputs: readonly NodeOutput[]): boolean {
    let exits = false;
    for (const output of outputs) {
      if (!livesOn(node, point)) return false;
      const crossing = this.#carryOut(node, output);
      this.#trace.output(point, output, crossing);
      if (output.kind === 'exit') exits = true;
      if (output.kind !== 'send' || crossing === undefined) continue;
      this.#faults.crossed('sent', crossing, output.bytes);
    }
    return exits;
  }

  /** Gives the message that leaves for another node, if one does. */
  #carryOut(node: NodeState, output: NodeOutput): Crossing | undefined {
    const { host } = node;
    switch (output.kind) {
      case 'listen':
      case 'unlisten':
        host.listening = output.kind === 'listen';
        return undefined;
      case 'dial':
        return this.#network.dial(host, output.link, output.address);
      case 'send':
        return this.#network.send(host, output.link, output.bytes);
      case 'close':
        return this.#network.close(host, output.link);
      case 'synced':
        for (const [key, value] of output.entries) node.durable.set(key, value);
        return undefined;
      case 'exit':
        return undefined;
      default:
        return unreachable(output);
    }
  }

  #observe(point: TracePoint, observation: Observation): void {
    const event = this.#trace.events;
    // What a log line says is free to change; it is for people.
    if (observation.kind !== 'log') this.#trace.detail(point, 'observation', observation);
    this.#watcher?.observed({ ...point, event, observation });
    if (observation.kind !== 'log') this.#faults.told(observation.kind, point.node);
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

  #makeFaults(): FaultDriver {
    return new FaultDriver(this.#config.plan, {
      network: this.#network,
      nodes: this.#nodes,
      draws: this.#draws,
      nowUs: () => this.#queue.nowUs,
      schedule: (atUs, tie, fault) => this.#queue.schedule(atUs, tie, { kind: 'fault', fault }),
      note: (kind, node, detail) => this.#note(node, kind, detail),
      kill: (node, mode, id) => this.#kill(node, 'crash', mode, id),
      boot: (node, id) => {
        this.#lives.begin(node);
        this.#note(node, 'restart', { id });
      },
      deliver: (delivery) => this.#prompt.push(delivery),
      call: (node) => this.#call(node),
    });
  }

  #kill(node: NodeState, kind: 'crash' | 'failed', mode: CrashMode | 'exits', id?: string): void {
    if (id === undefined) this.#faults.exited(node);
    this.#lives.end(node, mode);
    this.#note(node, kind, id === undefined ? { mode } : { id, mode });
  }

  #note(node: NodeState | undefined, kind: WorldNote, detail?: unknown): void {
    const at = node?.point(this.#queue.nowUs) ?? { ...NO_NODE, atUs: this.#queue.nowUs };
    const event = this.#trace.events;
    this.#trace.detail(at, kind, detail);
    if (kind === 'idle') return;
    const observation: Observation = { kind: `world_${kind}`, detail };
    this.#watcher?.observed({ ...at, event, observation });
    this.#faults.noted(observation.kind, at.node);
  }

  #node(index: number): NodeState {
    return this.#nodes[index] as NodeState;
  }
}

function livesOn({ host }: NodeState, { incarnation }: TracePoint): boolean {
  return host.state === 'up' && host.life === incarnation;
}

// A sink for records about no node in particular.
const NO_NODE = { node: 0xffff, incarnation: 0 };
// The lane that answers at once would otherwise never let signals and progress lines in. Whoever
// started this process may give it no more than some hundredths of a second to hear a signal.
const STEPS_BETWEEN_YIELDS = 64;
