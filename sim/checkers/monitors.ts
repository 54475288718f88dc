import type { Observed } from '../world-report.js';
import { type Checker, type Violation, msText, violationOf } from './checker.js';
import { Connectivity } from './connectivity.js';
import {
  type CallFact,
  type ClusterFact,
  type Fact,
  type ProcessAddress,
  type RelationFact,
  factOf,
} from './fact.js';

interface Monitor {
  readonly id: string;
  readonly watcher: string;
  readonly target: ProcessAddress;
  readonly atUs: number;
  state: 'outstanding' | 'answered' | 'given up' | 'lost';
  /** How often it was told again over a new link: each may be answered as well, with `noproc`. */
  reasserted: number;
}

interface Life {
  readonly monitors: Map<string, Monitor>;
  /** Call id to the process that was called. */
  readonly calls: Map<number, string>;
  /** Those that its supervisors started or adopted. */
  readonly children: Set<string>;
  /** Processes whose end this node was told by a DOWN. */
  readonly toldOf: Set<string>;
  /** What this node thinks of others, and since when. */
  readonly statuses: Map<string, { readonly word: string; readonly sinceUs: number }>;
  /** Monitors whose node is lost, and whose DOWN is due at this very instant. */
  due: readonly Monitor[];
  dueUs: number;
}

export interface MonitorsCheckerOptions {
  /** Whether the probe tells the DOWNs that follow from the loss of a node one by one. */
  readonly tellsLosses: boolean;
}

/** S7. Knows of every process whether it lives, and of every monitor what it was told. */
export class MonitorsChecker implements Checker {
  readonly id = 'S7';
  readonly title =
    'a monitor is answered by exactly one DOWN, after the last message of the process that it ' +
    'watches, and never while that process lives on a connected node';
  checks = 0;
  readonly #tellsLosses: boolean;
  readonly #connectivity = new Connectivity();
  readonly #lives = new Map<number, Life>();
  readonly #homes = new Map<string, number>();
  readonly #endedUs = new Map<string, number>();
  #wasNeeded = false;

  constructor({ tellsLosses }: MonitorsCheckerOptions) {
    this.#tellsLosses = tellsLosses;
  }

  get excuse(): string | undefined {
    if (!this.#connectivity.isFaithful) return 'frames went astray';
    return this.#wasNeeded ? undefined : 'no child was lost';
  }

  observe(observed: Observed): Violation | undefined {
    const { node, atUs, observation } = observed;
    this.#connectivity.observe(observed);
    if (observation.kind === 'world_crash' || observation.kind === 'world_failed') {
      this.#crashed(node, atUs);
      return undefined;
    }
    const life = this.#lifeOf(node);
    const fact = factOf(observed);
    this.#need(fact, life);
    const broken = this.#undue(life, atUs) ?? this.#judge(fact, life, observed);
    if (broken === undefined || !this.#connectivity.isFaithful) return undefined;
    return violationOf(this, observed, broken);
  }

  finish(endedUs: number): Violation | undefined {
    for (const [node, life] of this.#connectivity.isFaithful ? this.#lives : []) {
      const monitors = [...life.monitors.values()];
      const silent = monitors.find((one) => this.#isSilent(one, node, endedUs));
      if (silent === undefined) continue;
      const ended = msText(this.#endedUs.get(silent.target.id) ?? 0);
      const happened = `${silent.id} was not told that ${silent.target.id} ended at ${ended}`;
      return violationOf(this, { event: 0, atUs: endedUs }, happened);
    }
    return undefined;
  }

  /** A supervisor watches the children that it started or adopted on its node, and no others. */
  #need(fact: Fact, { children }: Life): void {
    if (fact.kind === 'child_started' || fact.kind === 'child_adopted') {
      children.add(`${fact.supervisorId} ${fact.childId}`);
    } else if (fact.kind === 'children_lost') {
      const { supervisorId, childIds } = fact;
      if (childIds.some((id) => children.has(`${supervisorId} ${id}`))) this.#wasNeeded = true;
    }
  }

  #judge(fact: Fact, life: Life, observed: Observed): string | undefined {
    switch (fact.kind) {
      case 'spawned':
        this.#homes.set(fact.id, observed.node);
        return undefined;
      case 'exited':
        this.#exited(fact.id, life, observed.atUs);
        return undefined;
      case 'monitored':
        return this.#monitored(fact, life, observed.atUs);
      case 'demonitored':
        this.#giveUp(life.monitors.get(fact.monitorId));
        return undefined;
      case 'down':
        return this.#down(fact, life);
      case 'received':
        return this.#endedUs.has(fact.processId)
          ? `${fact.processId} took message ${fact.op} after it had ended`
          : undefined;
      case 'call':
      case 'call_ended':
        return this.#call(fact, life);
      case 'membership':
      case 'node_down':
      case 'node_reconciled':
        this.#member(fact, life, observed.atUs);
        return undefined;
      default:
        return undefined;
    }
  }

  #monitored(
    { monitorId: id, watcher, target }: Extract<RelationFact, { kind: 'monitored' }>,
    life: Life,
    atUs: number,
  ): string | undefined {
    if (life.monitors.has(id)) return `${id} was set twice`;
    const state = 'outstanding';
    life.monitors.set(id, { id, watcher, target, atUs, state, reasserted: 0 });
    return undefined;
  }

  #down(
    { monitorId, reason }: Extract<RelationFact, { kind: 'down' }>,
    life: Life,
  ): string | undefined {
    const monitor = life.monitors.get(monitorId);
    if (monitor === undefined) return `${monitorId} was told DOWN and was never set`;
    this.checks += 1;
    const { target, state } = monitor;
    const isLocal = target.nodeId === undefined;
    if (state === 'given up') {
      // From elsewhere it may have been on its way already.
      return isLocal ? `${monitorId} was told DOWN after it was given up` : undefined;
    }
    if (state === 'answered') return this.#again(monitor, reason);
    if (state === 'lost' && reason !== 'noconnection') {
      return `${monitorId} was told DOWN (${reason}) after the node of ${target.id} was lost`;
    }
    monitor.state = 'answered';
    if (reason === 'noconnection') return this.#disconnected(monitor, life);
    life.toldOf.add(target.id);
    if (!this.#homes.has(target.id) || this.#endedUs.has(target.id)) return undefined;
    return `${monitorId} was told DOWN (${reason}) of ${target.id}, which lives`;
  }

  #again(monitor: Monitor, reason: string): string | undefined {
    if (reason === 'noproc' && monitor.reasserted > 0) {
      monitor.reasserted -= 1;
      return undefined;
    }
    return `${monitor.id} was told DOWN (${reason}) of ${monitor.target.id} a second time`;
  }

  #disconnected({ id, watcher, target }: Monitor, life: Life): string | undefined {
    const { nodeId } = target;
    if (nodeId === undefined) return `${id} was told noconnection of ${target.id} on its own node`;
    const status = life.statuses.get(nodeId)?.word;
    // A node that leaves loses all the others at once.
    if (!this.#connectivity.isUp(this.#homes.get(watcher) ?? -1)) return undefined;
    return status === 'up' ? `${id} was told noconnection while ${nodeId} was up` : undefined;
  }

  /** Replies of a process come before its DOWN: they take the same way. */
  #call(fact: Extract<CallFact, { kind: 'call' | 'call_ended' }>, life: Life): string | undefined {
    if (fact.kind === 'call') {
      life.calls.set(fact.callId, fact.to.id);
      return undefined;
    }
    const called = life.calls.get(fact.callId);
    life.calls.delete(fact.callId);
    if (called === undefined || fact.outcome !== 'reply' || !life.toldOf.has(called)) {
      return undefined;
    }
    return `call ${fact.callId} was answered by ${called} after the DOWN of it`;
  }

  #member(fact: ClusterFact, life: Life, atUs: number): void {
    const { nodeId } = fact;
    const there = [...life.monitors.values()].filter((monitor) => {
      return monitor.target.nodeId === nodeId && monitor.state === 'outstanding';
    });
    if (fact.kind === 'membership') {
      life.statuses.set(nodeId, { word: fact.to, sinceUs: atUs });
    } else if (fact.kind === 'node_reconciled') {
      for (const monitor of there) monitor.reasserted += 1;
    } else {
      this.checks += there.length;
      for (const monitor of there) monitor.state = 'lost';
      if (this.#tellsLosses) Object.assign(life, { due: [...life.due, ...there], dueUs: atUs });
    }
  }

  #undue(life: Life, nowUs: number): string | undefined {
    if (life.due.length === 0 || nowUs <= life.dueUs) return undefined;
    const untold = life.due.find(({ state }) => state === 'lost');
    life.due = [];
    return untold === undefined
      ? undefined
      : `${untold.id} was not told that the node of ${untold.target.id} was lost`;
  }

  #exited(id: string, life: Life, atUs: number): void {
    this.#endedUs.set(id, atUs);
    // Nobody is left who could be told.
    for (const monitor of life.monitors.values()) if (monitor.watcher === id) this.#giveUp(monitor);
  }

  #giveUp(monitor: Monitor | undefined): void {
    if (monitor?.state === 'outstanding') monitor.state = 'given up';
  }

  #crashed(node: number, atUs: number): void {
    this.#lives.delete(node);
    for (const [id, home] of this.#homes) {
      if (home === node && !this.#endedUs.has(id)) this.#endedUs.set(id, atUs);
    }
  }

  #isSilent({ target, state, atUs }: Monitor, node: number, nowUs: number): boolean {
    const { statuses } = this.#lifeOf(node);
    const home = this.#homes.get(target.id) ?? node;
    const openUs = this.#connectivity.pathSinceUs(node, home);
    if (openUs === undefined || !this.#connectivity.isUp(node)) return false;
    const endedUs = this.#endedUs.get(target.id);
    if (state !== 'outstanding' || endedUs === undefined) return false;
    const status = target.nodeId === undefined ? undefined : statuses.get(target.nodeId);
    if (target.nodeId !== undefined && status?.word !== 'up') return false;
    return nowUs - Math.max(endedUs, atUs, openUs, status?.sinceUs ?? 0) > WORD_TRAVELS_US;
  }

  #lifeOf(node: number): Life {
    let life = this.#lives.get(node);
    if (life === undefined) {
      const maps = { monitors: new Map(), calls: new Map(), statuses: new Map() };
      life = { ...maps, children: new Set(), toldOf: new Set(), due: [], dueUs: 0 };
      this.#lives.set(node, life);
    }
    return life;
  }
}

// Longer than a silent host keeps its status: it is lost by then, or it tells.
const WORD_TRAVELS_US = 6_000_000;
