import { invariant, unreachable } from '../../base/assert.js';
import { Deque } from '../../base/deque.js';
import type { ChildPolicy } from './child-policy.js';
import type { Child, ChildStatus, ChildView } from './child.js';
import { KernelCore, type Phase } from './kernel-core.js';
import type { KernelEffect } from './kernel-effect.js';
import type { ChildEvent, ExitedEvent, KernelEvent, LostEvent } from './kernel-event.js';
import { kernelDecisions, type KernelDecisions, type KernelOptions } from './kernel-options.js';
import type { KernelMemory, RememberedState } from './kernel-memory.js';
import { Parking } from './parking.js';
import { advance } from './progress.js';
import { Recovery } from './recovery.js';

/**
 * Supervision without processes: events in, effects out.
 *
 * The kernel decides who starts, who stops, in which order, and when the supervisor itself ends.
 * It works towards its goal one acknowledged step at a time, and takes the next event from its
 * inbox when nothing is left to do. It knows neither clocks nor nodes: time comes with each event,
 * and a handle is whatever the host says that runs.
 */
export class SupervisionKernel<Spec extends ChildPolicy, Handle> {
  readonly #core: KernelCore<Spec, Handle>;
  readonly #recovery: Recovery<Spec, Handle>;
  readonly #parking: Parking<Spec, Handle>;
  readonly #inbox = new Deque<KernelEvent<Spec, Handle>>();
  readonly #stopTokens: number[] = [];

  constructor(options: KernelOptions, decisions: KernelDecisions = kernelDecisions) {
    this.#core = new KernelCore(options);
    this.#recovery = new Recovery(this.#core, decisions);
    this.#parking = new Parking(this.#core);
  }

  get phase(): Phase {
    return this.#core.phase;
  }

  get childCount(): number {
    return this.#core.children.size;
  }

  child(id: string): ChildView<Spec, Handle> | undefined {
    return this.#core.children.get(id);
  }

  /** In start order. */
  children(): Iterable<ChildView<Spec, Handle>> {
    return this.#core.children;
  }

  /** The number of the latest start. */
  get attempts(): number {
    return this.#core.attempts;
  }

  /** How long ago each restart was that still counts against the intensity, oldest first. */
  restartAges(nowMs: number): number[] {
    return this.#recovery.ages(nowMs);
  }

  /** Which children changed since this was last asked; see `ChildTable.takeTouched`. */
  takeTouched(): ReadonlyMap<string, { readonly wasRemoved: boolean }> {
    return this.#core.children.takeTouched();
  }

  /**
   * Goes on where a supervisor elsewhere left off, instead of `start`. What it remembers as running
   * counts as running until it is told to be lost; what was on its way waits for `available`.
   */
  resume(memory: KernelMemory<Spec, Handle>, nowMs: number): void {
    const core = this.#core;
    invariant(core.phase === 'idle', 'a kernel starts once');
    core.phase = 'running';
    core.attempts = memory.attempts;
    this.#recovery.rememberAges(memory.restartAgesMs, nowMs);
    for (const { spec, state, attempt, handle, restartCount } of memory.children) {
      const child = core.children.add(spec);
      Object.assign(child, { attempt, handle, restartCount, wasRunning: handle !== undefined });
      core.children.setStatus(child, STATUS_OF[state]);
    }
  }

  /** Takes one event at `nowMs`, which never runs backwards. The effects are in order. */
  handle(event: KernelEvent<Spec, Handle>, nowMs: number): KernelEffect<Spec, Handle>[] {
    const effects: KernelEffect<Spec, Handle>[] = [];
    this.#core.effects = effects;
    this.#receive(event, nowMs);
    this.#advance();
    while (!this.#isBusy) {
      const next = this.#inbox.shift();
      if (next === undefined) break;
      this.#act(next, nowMs);
      this.#advance();
    }
    return effects;
  }

  /** Whether what is under way has to end before the inbox is looked at again. */
  get #isBusy(): boolean {
    const { phase, isSideBySide, children } = this.#core;
    if (phase !== 'running') return true;
    return !isSideBySide && children.count('starting') + children.count('stopping') > 0;
  }

  /** News of what is on the move is acted on at once; what has to wait goes to the inbox. */
  #receive(event: KernelEvent<Spec, Handle>, nowMs: number): void {
    if (this.#core.phase === 'ended') this.#refuseLate(event);
    else if (this.#mustWait(event)) this.#inbox.push(event);
    else this.#act(event, nowMs);
  }

  #mustWait(event: KernelEvent<Spec, Handle>): boolean {
    const { phase, options } = this.#core;
    switch (event.kind) {
      case 'stop':
      case 'retry':
      case 'available':
      case 'takeUp':
        if (phase === 'idle') return false;
        return phase === 'stopping' || (options.hosting === 'serial' && this.#isBusy);
      case 'startChild':
      case 'terminateChild':
      case 'restartChild':
      case 'replaceChild':
      case 'deleteChild':
      case 'inspect':
        return this.#isBusy;
      default:
        return false;
    }
  }

  /** Acts on an event whose turn has come. */
  #act(event: KernelEvent<Spec, Handle>, nowMs: number): void {
    switch (event.kind) {
      case 'start':
        this.#begin(event.children);
        break;
      case 'started':
      case 'ignored':
      case 'failed':
      case 'held':
        this.#answered(event, nowMs);
        break;
      case 'exited':
        this.#exited(event, nowMs);
        break;
      case 'lost':
        this.#lost(event, nowMs);
        break;
      case 'available':
        this.#recovery.available();
        break;
      case 'takeUp':
        this.#recovery.takeUp();
        break;
      case 'retry':
        this.#retry(event.id, nowMs);
        break;
      case 'stop':
        if (event.token !== undefined) this.#stopTokens.push(event.token);
        this.#core.beginEnding({ cause: 'stop', reason: event.reason });
        break;
      case 'startChild':
      case 'terminateChild':
      case 'restartChild':
      case 'replaceChild':
      case 'deleteChild':
      case 'inspect':
        this.#parking.take(event);
        break;
      default:
        return unreachable(event);
    }
  }

  #begin(children: readonly Spec[]): void {
    const core = this.#core;
    invariant(core.phase === 'idle', 'a kernel starts once');
    core.phase = 'starting';
    for (const spec of children) core.planStart(core.children.add(spec));
  }

  #answered(event: Exclude<ChildEvent<Handle>, ExitedEvent>, nowMs: number): void {
    const child = this.#core.current(event.id, event.attempt);
    if (child?.status !== 'starting') return;
    if (event.kind === 'started') this.#core.acknowledge(child, event.handle);
    else if (event.kind === 'ignored') this.#core.acknowledgeIgnored(child);
    else if (event.kind === 'failed') this.#recovery.failed(child, event.reason, nowMs);
    else this.#recovery.held(child);
    this.#parking.release(event.id);
  }

  #exited(event: ExitedEvent, nowMs: number): void {
    const child = this.#core.current(event.id, event.attempt);
    if (child === undefined) return;
    if (child.status === 'stopping') this.#core.endAsFated(child, event.reason);
    // Its turn to be stopped is still to come; it will find the child ended.
    else if (child.fate !== undefined) child.unheardExit = event.reason;
    else if (child.status === 'starting') this.#recovery.failed(child, event.reason, nowMs);
    else if (child.status === 'running') this.#endedAlone(child, event, nowMs);
    this.#parking.release(event.id);
  }

  #endedAlone(child: Child<Spec, Handle>, event: ExitedEvent, nowMs: number): void {
    if (!this.#mustQueue) {
      this.#recovery.exited(child, event.reason, nowMs);
      return;
    }
    child.unheardExit = event.reason;
    this.#inbox.push(event);
  }

  #lost(event: LostEvent, nowMs: number): void {
    if (this.#mustQueue) {
      this.#loseLater(event, nowMs);
      return;
    }
    this.#recovery.lost(event, nowMs);
    for (const { id } of event.children) this.#parking.release(id);
  }

  /** What is on the move gets its answer now; what runs is lost when the inbox is read again. */
  #loseLater({ children, reason }: LostEvent, nowMs: number): void {
    const running: { id: string; attempt: number }[] = [];
    for (const { id, attempt } of children) {
      const child = this.#core.current(id, attempt);
      if (child?.status === 'running' && child.fate === undefined) {
        child.unheardExit = reason;
        running.push({ id, attempt });
      } else {
        this.#exited({ kind: 'exited', id, attempt, reason }, nowMs);
      }
    }
    this.#inbox.push({ kind: 'lost', children: running, reason });
  }

  get #mustQueue(): boolean {
    return this.#core.options.hosting === 'serial' && this.#isBusy;
  }

  /** Any retry will do for a child that still awaits one, as in Erlang. */
  #retry(id: string, nowMs: number): void {
    const child = this.#core.children.get(id);
    if (child?.status === 'restarting') this.#recovery.restart([child], nowMs);
  }

  #advance(): void {
    if (advance(this.#core)) this.#end();
  }

  #end(): void {
    const core = this.#core;
    core.phase = 'ended';
    for (const event of this.#inbox) this.#refuseLate(event);
    for (const request of this.#parking.clear()) this.#refuseLate(request);
    for (const token of this.#stopTokens) core.accept(token, undefined);
    this.#inbox.clear();
    invariant(core.ending !== undefined, 'a kernel that ends knows why');
    core.emit({ kind: 'exit', ...core.ending });
  }

  /** Answers what came too late. A stop has what it wanted. */
  #refuseLate(event: KernelEvent<Spec, Handle>): void {
    if (event.kind === 'stop') {
      if (event.token !== undefined) this.#core.accept(event.token, undefined);
    } else if ('token' in event) {
      this.#core.refuse(event.token, { kind: 'ended' });
    }
  }
}

const STATUS_OF: Readonly<Record<RememberedState, ChildStatus>> = {
  running: 'running',
  coming: 'waiting',
  stopped: 'stopped',
};
