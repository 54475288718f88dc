import { unreachable } from '../../src/base/assert.js';
import type { Crossing } from '../connection.js';
import type { Draws } from '../draw.js';
import type { Delivery, Network } from '../network.js';
import type { ArmedCrash, NodeState, ResumeOrder } from '../node-state.js';
import type { CrashMode, Fault, FlapFault, Plan } from '../plan.js';
import type { WorldNote } from '../trace.js';
import type { ClockChange } from '../turn.js';
import type { FaultRecord } from '../world-report.js';
import { type Anchored, Anchors } from './anchors.js';
import { Chance } from './chance.js';
import type { FaultEvent } from './fault-event.js';
import { FaultLedger } from './fault-ledger.js';
import { isDown, nextTurnUs } from './flap.js';
import { namedFaults } from './named-fault.js';
import { isNetworkFault, type NetworkFault, networkRule } from './network-rule.js';
import { partitionRule } from './partition.js';

/** What faults do to the world. */
export interface FaultHands {
  readonly network: Network;
  readonly nodes: readonly NodeState[];
  readonly draws: Draws;
  nowUs(): number;
  schedule(atUs: number, tie: number, event: FaultEvent): void;
  /** Without a node it is about the network. */
  note(kind: WorldNote, node: NodeState | undefined, detail: unknown): void;
  kill(node: NodeState, mode: CrashMode, id: string): void;
  boot(node: NodeState, id: string): void;
  /** Lets a node take something before anything else happens, if it takes anything now. */
  deliver(delivery: Delivery): void;
  /** Lets a node take what waits for it, as soon as it may. */
  call(node: NodeState): void;
}

/** Carries out the faults of a plan: when each strikes, what it does, and how it ends. */
export class FaultDriver {
  readonly #faults: ReadonlyMap<string, Fault>;
  readonly #heal: Plan['heal'];
  readonly #anchors: Anchors;
  readonly #hands: FaultHands;
  readonly #ledger: FaultLedger;
  /** When those began that last. */
  readonly #inForce = new Map<string, number>();
  readonly #due: string[] = [];
  readonly #afterTurn: Anchored[] = [];
  #striking = false;
  #healed = false;

  constructor(plan: Plan, hands: FaultHands) {
    const named = namedFaults(plan);
    this.#faults = new Map(named.map(({ id, fault }) => [id, fault]));
    this.#anchors = new Anchors(named);
    this.#ledger = new FaultLedger(named, hands.network.rules);
    this.#heal = plan.heal;
    this.#hands = hands;
  }

  happen(event: FaultEvent): void {
    switch (event.kind) {
      case 'strike':
        return this.#strike(event.id);
      case 'end':
        return this.#end(event.id);
      case 'turn':
        return this.#turn(event.id);
      case 'return':
        return this.#return(event.id, this.#hands.nodes[event.node] as NodeState, event.life);
      case 'heal':
        return this.#healAll();
      default:
        return unreachable(event);
    }
  }

  /** A frame left a node, or a node took one: faults may be anchored to it. */
  crossed(event: 'sent' | 'delivered', crossing: Crossing, bytes: Uint8Array): void {
    this.#weigh(this.#anchors.frame(event, crossing, bytes));
  }

  /** The world noted something: faults may be anchored to it. */
  noted(kind: string, node: number): void {
    this.#weigh(this.#anchors.observed(kind, node));
  }

  /** A node told something in its turn: faults that are anchored to it strike after that turn. */
  told(kind: string, node: number): void {
    const anchored = this.#anchors.observed(kind, node);
    if (anchored.length > 0) this.#afterTurn.push(...anchored);
  }

  /** What a turn did is done. */
  turned(): void {
    if (this.#afterTurn.length > 0) this.#weigh(this.#afterTurn.splice(0));
  }

  /** Carries out a crash that has waited for its turn. */
  crash({ id, fault }: ArmedCrash): void {
    const node = this.#nodeOf(fault);
    if (!node.isUp) return this.#idle(id, node);
    this.#ledger.struck(id, this.#hands.nowUs());
    const { index, life } = node.host;
    const drawn = this.#hands.draws.pick(MODES, 'crash-mode', index, life);
    if (fault.restartAfterMs !== undefined) this.#comeBack(id, node, fault.restartAfterMs);
    this.#hands.kill(node, fault.mode ?? drawn, id);
  }

  /** A process ended by itself: a fault that told it to may start it again. */
  exited(node: NodeState): void {
    const { comesBack } = node;
    if (comesBack !== undefined) this.#comeBack(comesBack.id, node, comesBack.afterMs);
  }

  records(): FaultRecord[] {
    return this.#ledger.records();
  }

  #weigh(anchored: readonly Anchored[]): void {
    for (const { id, plusMs } of anchored) {
      if (plusMs === 0) this.#strike(id);
      else this.#schedule(plusMs, { kind: 'strike', id }, id);
    }
  }

  // What a fault does may be what another one is anchored to: that one strikes once this is done.
  #strike(id: string): void {
    this.#due.push(id);
    if (this.#striking) return;
    this.#striking = true;
    for (let next = this.#due.shift(); next !== undefined; next = this.#due.shift()) {
      if (!this.#healed) this.#carryOut(next, this.#faults.get(next) as Fault);
    }
    this.#striking = false;
  }

  #carryOut(id: string, fault: Fault): void {
    if (isNetworkFault(fault)) return this.#disturb(id, fault);
    const node = this.#nodeOf(fault);
    switch (fault.kind) {
      case 'crash':
        if (fault.afterOutputs === undefined) return this.crash({ id, fault });
        node.armed.push({ id, fault });
        return;
      case 'restart':
        return this.#boot(id, node);
      case 'clock':
        if (fault.driftPpm !== undefined || fault.ratePpm !== undefined) {
          this.#inForce.set(id, this.#hands.nowUs());
        }
        this.#tell(id, 'clock', node, fault);
        return this.#adjust(node, fault);
      case 'slow':
        this.#tell(id, 'slow', node, fault);
        node.slowness.set(id, Math.round(fault.turnMs * 1000));
        return this.#last(id, fault.forMs);
      case 'leave':
        if (!node.isUp) return this.#idle(id, node);
        this.#tell(id, 'leave', node, fault);
        if (fault.restartAfterMs !== undefined) {
          node.comesBack = { id, afterMs: fault.restartAfterMs };
        }
        return this.#hands.deliver({ host: node.host, input: { kind: 'leaving' } });
      case 'pause':
        if (!node.isUp) return this.#idle(id, node);
        this.#tell(id, 'pause', node, fault);
        node.pauses.add(id);
        return this.#last(id, fault.forMs);
      default:
        return unreachable(fault);
    }
  }

  #disturb(id: string, fault: NetworkFault): void {
    const { network, draws } = this.#hands;
    const nowUs = this.#hands.nowUs();
    this.#tell(id, fault.kind, undefined, fault);
    if (fault.kind === 'flap') this.#awaitTurn(id, fault, 0);
    network.rules.add(networkRule(id, fault, new Chance(draws, id), nowUs));
    this.#last(id, fault.forMs);
  }

  /** Notes that it strikes, with all that the plan says of it but when. */
  #tell(id: string, kind: WorldNote, node: NodeState | undefined, fault: Fault): void {
    const { kind: _kind, ...rest } = fault;
    const { atMs: _at, after: _after, node: _node, ...what } = rest as Record<string, unknown>;
    this.#ledger.struck(id, this.#hands.nowUs());
    this.#hands.note(kind, node, { id, ...what });
  }

  #awaitTurn(id: string, fault: FlapFault, ageUs: number): void {
    const waitMs = (nextTurnUs(fault, ageUs) - ageUs) / 1000;
    this.#schedule(waitMs, { kind: 'turn', id }, `turn ${ageUs} ${id}`);
  }

  #last(id: string, forMs: number): void {
    this.#inForce.set(id, this.#hands.nowUs());
    this.#schedule(forMs, { kind: 'end', id }, `heal ${id}`);
  }

  #turn(id: string): void {
    const sinceUs = this.#inForce.get(id);
    const fault = this.#faults.get(id);
    if (sinceUs === undefined || fault?.kind !== 'flap') return;
    const ageUs = this.#hands.nowUs() - sinceUs;
    const way = isDown(fault, ageUs) ? 'down' : 'up';
    this.#hands.note('flap', undefined, { id, between: fault.between, way });
    this.#awaitTurn(id, fault, ageUs);
    this.#hands.network.release();
  }

  #end(id: string): void {
    if (!this.#inForce.has(id)) return;
    this.#cease(id);
    this.#hands.network.release();
  }

  #cease(id: string): void {
    this.#inForce.delete(id);
    const fault = this.#faults.get(id) as Fault;
    if (isNetworkFault(fault)) {
      this.#hands.note('heal', undefined, { id, kind: fault.kind });
      this.#hands.network.rules.remove(id);
      return;
    }
    const node = this.#nodeOf(fault);
    if (fault.kind === 'pause') return this.#resume(id, node, fault.resume);
    this.#hands.note('heal', node, { id, kind: fault.kind });
    if (fault.kind === 'slow') node.slowness.delete(id);
    else this.#adjust(node, { driftPpm: 0, ratePpm: 0 });
  }

  #resume(id: string, node: NodeState, told: ResumeOrder | undefined): void {
    // Another pause goes on, or the process that stood still is gone.
    if (!node.pauses.delete(id) || node.isPaused) return;
    const order = told ?? this.#hands.draws.pick(ORDERS, 'resume', id);
    this.#hands.note('resume', node, { id, resume: order });
    node.resume(order, this.#hands.nowUs());
    this.#hands.call(node);
  }

  #adjust(node: NodeState, { jumpMs, driftPpm, ratePpm }: ClockChange): void {
    const change = {
      ...(jumpMs === undefined ? {} : { jumpMs }),
      ...(driftPpm === undefined ? {} : { driftPpm }),
      ...(ratePpm === undefined ? {} : { ratePpm }),
    };
    node.clock.adjust(change, this.#hands.nowUs() / 1000);
    if (!node.isUp) return;
    this.#hands.deliver({ host: node.host, input: { kind: 'wall', change } });
  }

  #comeBack(id: string, node: NodeState, afterMs: number): void {
    const { index, life } = node.host;
    const tie = this.#hands.draws.number('restart', index, life);
    const atUs = this.#hands.nowUs() + Math.round(afterMs * 1000);
    this.#hands.schedule(atUs, tie, { kind: 'return', id, node: index, life });
  }

  #return(id: string, node: NodeState, life: number): void {
    if (this.#healed) return;
    if (node.isUp || node.host.life !== life) this.#idle(id, node);
    else this.#hands.boot(node, id);
  }

  #boot(id: string, node: NodeState): void {
    if (node.isUp) return this.#idle(id, node);
    this.#ledger.struck(id, this.#hands.nowUs());
    this.#hands.boot(node, id);
  }

  #healAll(): void {
    this.#healed = true;
    this.#anchors.clear();
    for (const node of this.#hands.nodes) {
      node.armed.length = 0;
      node.comesBack = undefined;
    }
    for (const id of [...this.#inForce.keys()]) this.#cease(id);
    const core = this.#heal?.core;
    if (core !== undefined) this.#isolate(core);
    this.#hands.note('healed', undefined, core === undefined ? {} : { core });
    this.#hands.network.release();
  }

  #isolate(core: readonly number[]): void {
    const outside = this.#hands.nodes.map((_, at) => at).filter((at) => !core.includes(at));
    const groups = [core, ...outside.map((node) => [node])];
    this.#hands.note('partition', undefined, { id: OUTSIDE_THE_CORE, groups });
    this.#hands.network.rules.add(partitionRule(OUTSIDE_THE_CORE, groups));
  }

  #idle(id: string, node: NodeState): void {
    this.#hands.note('idle', node, { id });
  }

  #schedule(afterMs: number, event: FaultEvent, name: string): void {
    const atUs = this.#hands.nowUs() + Math.round(afterMs * 1000);
    this.#hands.schedule(atUs, this.#hands.draws.number('plan', name), event);
  }

  #nodeOf(fault: { readonly node: number }): NodeState {
    return this.#hands.nodes[fault.node] as NodeState;
  }
}

const MODES: readonly [CrashMode, CrashMode] = ['closes', 'silent'];
const ORDERS: readonly [ResumeOrder, ResumeOrder] = ['timers', 'frames'];
const OUTSIDE_THE_CORE = 'outside the core';
