import { Deque } from '../base/deque.js';
import type { NodeId } from '../base/node-id.js';
import { Deadlines } from '../platform/deadline.js';
import type { Platform } from '../platform/platform.js';
import type { Address } from './address.js';
import { setCurrentRuntime } from './current.js';
import { DIAGNOSTICS, type ProcessExitMessage, type ProcessStartMessage } from './diagnostics.js';
import type { ExitReason } from './exit-reason.js';
import { Ids } from './ids.js';
import { Links } from './links.js';
import { LocalRouter } from './local-router.js';
import { type DownListener, Monitors } from './monitors.js';
import type { Probe, ProbeEvent } from './probe.js';
import { Process, type ProcessOptions, type StartListener } from './process.js';
import { ProcessTable } from './process-table.js';
import type { Delivery, Router } from './router.js';
import type { ServiceKey } from './service.js';
import type { LinkSignal, MonitorSignal } from './signal.js';

/** What happens to a process, for whoever hangs something on its life. */
export interface LifeListener {
  started?(process: Process): void;
  crashed?(process: Process, error: Error): void;
  ended?(process: Process, reason: ExitReason): void;
}

/** Something that belongs to a process and goes with it. */
export interface CancelOnExit {
  cancel(): boolean;
}

/**
 * One node: its platform, processes, links, monitors, ids and services. Everything that faultline
 * knows hangs on one of these, so any number of nodes may live in one thread.
 */
export class Runtime {
  readonly platform: Platform;
  readonly processes = new ProcessTable();
  readonly links = new Links();
  readonly monitors = new Monitors();
  readonly ids = new Ids();
  readonly deadlines: Deadlines;
  readonly localRouter = new LocalRouter(this.processes);
  /** The way out for every signal; a cluster puts its own in place of the local one. */
  router: Router = this.localRouter;
  /** The node's name once it is part of a cluster. */
  nodeId: NodeId | undefined;
  probe: Probe | undefined;
  /** Replies that came after their call was over. */
  lateReplyCount = 0;

  readonly #lifeListeners = new Set<LifeListener>();
  readonly #onlookers = new Set<LifeListener>();
  readonly #services = new Map<ServiceKey<unknown>, unknown>();
  readonly #timersOf = new Map<string, Set<CancelOnExit>>();
  readonly #exits = new Deque<PendingExit>();
  #spreading = false;
  #callCount = 0;

  constructor(platform: Platform) {
    this.platform = platform;
    this.deadlines = new Deadlines(platform);
  }

  /** The process whose synchronous code runs now, if one does. */
  running: Process | undefined;

  /** Makes this the runtime, and `process` the process, of the code that runs next. */
  enter(process: Process | undefined): void {
    this.running = process;
    setCurrentRuntime(this);
  }

  /** The service of this runtime under `key`, made now if it was never asked for. */
  use<T>(key: ServiceKey<T>): T {
    const known = this.#services.get(key);
    if (known !== undefined) return known as T;
    const created = key.create(this);
    this.#services.set(key, created);
    return created;
  }

  /** Gives the node its name: ids and refs made from now on carry it. */
  becomeNode(nodeId: NodeId): void {
    this.nodeId = nodeId;
    this.ids.qualify(nodeId, this.platform.incarnation);
  }

  /** The address of a process of this node as other nodes know it. */
  addressOf(id: string): Address {
    return this.nodeId === undefined ? { id } : { id, nodeId: this.nodeId };
  }

  isLocal(address: Address): boolean {
    return address.nodeId === undefined || address.nodeId === this.nodeId;
  }

  /** An address in the one form that links and monitors compare: local ones carry no node. */
  normalise(address: Address): Address {
    return address.nodeId === undefined || address.nodeId !== this.nodeId
      ? address
      : { id: address.id };
  }

  /** Whether the process runs; of one elsewhere, whether its node can be reached. */
  isRunning(address: Address): boolean {
    if (!this.isLocal(address)) return this.reachable(address.nodeId as NodeId);
    const process = this.processes.get(address.id);
    return process !== undefined && process.status !== 'starting';
  }

  /** Whether a node can be reached; a cluster puts its own answer here. */
  reachable: (nodeId: NodeId) => boolean = () => false;

  spawn(options: ProcessOptions, listener: StartListener): Process {
    const process = new Process(this, options, listener);
    this.processes.add(process);
    this.probe?.({ kind: 'spawned', id: process.id, label: process.label });
    process.wake();
    return process;
  }

  /** From now on `parentId` is the parent of a process of this node, unless that is below it. */
  adopt(processId: string, parentId: string): void {
    const process = this.processes.get(processId);
    if (process === undefined) return;
    for (let id: string | undefined = parentId; id !== undefined;) {
      if (id === processId) return;
      id = this.processes.get(id)?.parent;
    }
    process.parent = parentId;
  }

  nextCallId(): number {
    this.#callCount += 1;
    return this.#callCount;
  }

  /** Listeners keep books, of names for one; those of {@link watchLives} find them up to date. */
  listenToLives(listener: LifeListener): () => void {
    this.#lifeListeners.add(listener);
    return () => this.#lifeListeners.delete(listener);
  }

  /** As {@link listenToLives}, told after all of those. */
  watchLives(listener: LifeListener): () => void {
    this.#onlookers.add(listener);
    return () => this.#onlookers.delete(listener);
  }

  observe(event: ProbeEvent): void {
    this.probe?.(event);
  }

  /** A timer that is cancelled when its process ends. */
  ownTimer(processId: string, timer: CancelOnExit): void {
    const timers = this.#timersOf.get(processId);
    if (timers === undefined) this.#timersOf.set(processId, new Set([timer]));
    else timers.add(timer);
  }

  disownTimer(processId: string, timer: CancelOnExit): void {
    const timers = this.#timersOf.get(processId);
    timers?.delete(timer);
    if (timers?.size === 0) this.#timersOf.delete(processId);
  }

  /**
   * Watches `target` for `watcher`, a process of this node. `notify` is called exactly once with
   * the reason, unless the monitor is given up before; a target that does not exist is `noproc`.
   */
  monitor(watcher: string, target: Address, notify: DownListener): string {
    const monitorId = this.ids.next('monitor');
    const full = this.normalise(target);
    this.monitors.add(monitorId, { watcher, target: full, notify: this.#observed(notify) });
    this.probe?.({ kind: 'monitored', monitorId, watcher, target: full });
    const from = this.addressOf(watcher);
    const delivery = this.router.send(target, { kind: 'monitor', monitorId, from });
    if (delivery !== 'sent') {
      this.monitorDown(monitorId, this.isLocal(target) ? 'noproc' : 'noconnection');
    }
    return monitorId;
  }

  demonitor(monitorId: string): boolean {
    const target = this.monitors.remove(monitorId);
    if (target === undefined) return false;
    this.probe?.({ kind: 'demonitored', monitorId });
    const from = this.addressOf('');
    this.router.send(target, { kind: 'demonitor', monitorId, from });
    return true;
  }

  /** A DOWN arrived, or is known here. False when its monitor is not outstanding. */
  monitorDown(monitorId: string, reason: ExitReason): boolean {
    return this.monitors.down(monitorId, reason);
  }

  #observed(notify: DownListener): DownListener {
    const { probe } = this;
    if (probe === undefined) return notify;
    return (reason, monitorId) => {
      probe({ kind: 'down', monitorId, reason });
      notify(reason, monitorId);
    };
  }

  /** Links `processId`, of this node, with `other`. Linking twice changes nothing. */
  link(processId: string, other: Address): void {
    const full = this.normalise(other);
    if (!this.links.add(processId, full)) return;
    this.probe?.({ kind: 'linked', id: processId, other: full });
    const from = this.addressOf(processId);
    const delivery = this.router.send(other, { kind: 'link', from });
    if (delivery === 'sent') return;
    this.links.remove(processId, full);
    const reason = this.isLocal(other) ? 'noproc' : 'noconnection';
    this.exitReceived(processId, full, reason);
  }

  unlink(processId: string, other: Address): void {
    const full = this.normalise(other);
    if (!this.links.remove(processId, full)) return;
    this.probe?.({ kind: 'unlinked', id: processId, other: full });
    this.router.send(other, { kind: 'unlink', from: this.addressOf(processId) });
  }

  /** An exit crossed a link to `processId`; the link is gone by then. */
  exitReceived(processId: string, from: Address, reason: ExitReason): void {
    this.probe?.({ kind: 'exit_received', id: processId, from, reason });
    this.localRouter.send({ id: processId }, { kind: 'exit', from, reason, linked: true });
  }

  /** The node is lost: links and monitors that lead there end with `noconnection`. */
  nodeLost(nodeId: NodeId): void {
    for (const { processId, other } of this.links.takeAllTo(nodeId)) {
      this.exitReceived(processId, other, 'noconnection');
    }
    for (const process of this.processes) dropWatchersOn(process, nodeId);
    this.monitors.nodeLost(nodeId);
  }

  /**
   * The connection to a living node was replaced, and signals sent before may be lost: links and
   * monitors that lead there are told again. Whoever ended in between answers with `noproc`.
   */
  reassert(nodeId: NodeId): void {
    for (const { monitorId, watcher, target } of this.monitors.allOn(nodeId)) {
      this.router.send(target, { kind: 'monitor', monitorId, from: this.addressOf(watcher) });
    }
    for (const { processId, other } of this.links.allTo(nodeId)) {
      this.router.send(other, { kind: 'link', from: this.addressOf(processId) });
    }
  }

  // What follows is for Process: it tells the runtime about its life.

  /** A signal about who is linked to, or watches, `process`. */
  relate(process: Process, signal: LinkSignal | MonitorSignal): Delivery {
    switch (signal.kind) {
      case 'link':
        this.links.add(process.id, this.normalise(signal.from));
        break;
      case 'unlink':
        this.links.remove(process.id, this.normalise(signal.from));
        break;
      case 'monitor':
        (process.watchers ??= new Map<string, Address>()).set(signal.monitorId, signal.from);
        break;
      case 'demonitor':
        process.watchers?.delete(signal.monitorId);
        break;
    }
    return 'sent';
  }

  processStarted(process: Process): void {
    if (DIAGNOSTICS.processStart.hasSubscribers) {
      const { id, label, parent } = process;
      const message: ProcessStartMessage = { nodeId: this.nodeId, id, label, parent };
      DIAGNOSTICS.processStart.publish(message);
    }
    for (const listener of this.#lifeListeners) listener.started?.(process);
    for (const listener of this.#onlookers) listener.started?.(process);
  }

  processCrashed(process: Process, error: Error): void {
    for (const listener of this.#lifeListeners) listener.crashed?.(process, error);
    for (const listener of this.#onlookers) listener.crashed?.(process, error);
  }

  processEnded(process: Process, reason: ExitReason): void {
    this.processes.remove(process.id);
    this.localRouter.forget(process);
    this.probe?.({ kind: 'exited', id: process.id, reason });
    if (process.hasStarted && DIAGNOSTICS.processExit.hasSubscribers) {
      const { id, label } = process;
      const message: ProcessExitMessage = { nodeId: this.nodeId, id, label, reason };
      DIAGNOSTICS.processExit.publish(message);
    }
    for (const timer of [...(this.#timersOf.get(process.id) ?? [])]) timer.cancel();
    this.#timersOf.delete(process.id);
    // Names go first: nobody that hears of the end may still find the process under its name.
    for (const listener of this.#lifeListeners) listener.ended?.(process, reason);
    for (const listener of this.#onlookers) listener.ended?.(process, reason);
    for (const { monitorId, target } of this.monitors.removeAllOf(process.id)) {
      this.router.send(target, { kind: 'demonitor', monitorId, from: this.addressOf(process.id) });
    }
    const from = this.addressOf(process.id);
    for (const other of this.links.takeAllOf(process.id)) this.#exitAcross(from, other, reason);
    this.#spreadExits();
    for (const [monitorId, watcher] of process.watchers ?? []) {
      this.router.send(watcher, { kind: 'down', monitorId, target: from, reason });
    }
  }

  #exitAcross(from: Address, other: Address, reason: ExitReason): void {
    if (!this.isLocal(other)) {
      this.router.send(other, { kind: 'exit', from, reason, linked: true });
    } else if (this.links.remove(other.id, this.normalise(from))) {
      this.#exits.push({ processId: other.id, from, reason });
    }
  }

  // One after another: a chain of ten thousand linked processes must not be as deep on the stack.
  #spreadExits(): void {
    if (this.#spreading) return;
    this.#spreading = true;
    try {
      for (let exit = this.#exits.shift(); exit !== undefined; exit = this.#exits.shift()) {
        this.exitReceived(exit.processId, exit.from, exit.reason);
      }
    } finally {
      this.#spreading = false;
    }
  }
}

interface PendingExit {
  readonly processId: string;
  readonly from: Address;
  readonly reason: ExitReason;
}

function dropWatchersOn(process: Process, nodeId: NodeId): void {
  for (const [monitorId, watcher] of process.watchers ?? []) {
    if (watcher.nodeId === nodeId) process.watchers?.delete(monitorId);
  }
}
