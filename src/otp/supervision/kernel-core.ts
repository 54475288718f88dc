import type { ExitReason } from '../../runtime/exit-reason.js';
import { Agenda } from './agenda.js';
import { triggersAutoShutdown } from './auto-shutdown.js';
import type { ChildPolicy } from './child-policy.js';
import { ChildTable } from './child-table.js';
import type { Child, Fate } from './child.js';
import type { Ending, KernelEffect, RequestError, StartFailure } from './kernel-effect.js';
import type { KernelOptions } from './kernel-options.js';
import { stoppedCleanly } from './restart-type.js';
import { isIndependent } from './strategy.js';

/** `starting` ends with the effect `ready`, `stopping` with the effect `exit`. */
export type Phase = 'idle' | 'starting' | 'running' | 'stopping' | 'ended';

/**
 * The state of one kernel and the steps that a child's life is made of.
 *
 * Every change of a child goes through here, each with the effects that belong to it. What to do
 * when is decided in `recovery`, `requests` and the kernel itself.
 */
export class KernelCore<Spec extends ChildPolicy, Handle> {
  readonly children = new ChildTable<Spec, Handle>();
  readonly agenda = new Agenda<Spec, Handle>();
  readonly options: KernelOptions;
  phase: Phase = 'idle';
  ending: Ending | undefined = undefined;
  effects: KernelEffect<Spec, Handle>[] = [];
  /** The number of the latest start of any child. */
  attempts = 0;

  constructor(options: KernelOptions) {
    this.options = options;
  }

  /** Whether the children are alike and dynamic: what ends for good is forgotten. */
  get isSimple(): boolean {
    return this.options.strategy === 'simple_one_for_one';
  }

  /** Whether children start and stop side by side, each on its own account. */
  get isSideBySide(): boolean {
    return this.options.hosting === 'concurrent' && isIndependent(this.options.strategy);
  }

  emit(effect: KernelEffect<Spec, Handle>): void {
    this.effects.push(effect);
  }

  /** The child that an event about `attempt` means; `undefined` when the news is stale. */
  current(id: string, attempt: number): Child<Spec, Handle> | undefined {
    const child = this.children.get(id);
    return child?.attempt === attempt ? child : undefined;
  }

  planStart(child: Child<Spec, Handle>): void {
    this.children.setStatus(child, 'pending');
    this.agenda.planStart(child);
  }

  planStop(child: Child<Spec, Handle>, fate: Fate): void {
    child.fate = fate;
    this.agenda.planStop(child);
  }

  /** Starts a child at once where children start side by side, or plans that. */
  startInTurn(child: Child<Spec, Handle>): void {
    if (this.isSideBySide) this.beginStart(child);
    else this.planStart(child);
  }

  beginStart(child: Child<Spec, Handle>): void {
    this.attempts += 1;
    child.attempt = this.attempts;
    this.children.setStatus(child, 'starting');
    const { spec, attempt, handle } = child;
    this.emit({ kind: 'start', id: spec.id, attempt, spec, previous: handle });
  }

  acknowledge(child: Child<Spec, Handle>, handle: Handle): void {
    const { attempt, request } = child;
    const id = child.spec.id;
    this.children.setStatus(child, 'running');
    child.handle = handle;
    if (child.wasRunning && request === undefined) {
      child.restartCount += 1;
      const { restartCount } = child;
      this.emit({ kind: 'childRestarted', id, attempt, handle, restartCount });
    } else {
      this.emit({ kind: 'childStarted', id, attempt, handle });
    }
    child.wasRunning = true;
    this.replyOk(child, handle);
  }

  /** A start that came to nothing on purpose. Only a specification that may be used again stays. */
  acknowledgeIgnored(child: Child<Spec, Handle>): void {
    this.replyOk(child, undefined);
    this.rest(child, child.spec.restart === 'temporary');
  }

  beginStop(child: Child<Spec, Handle>): void {
    this.children.setStatus(child, 'stopping');
    const { spec, attempt } = child;
    const handle = child.handle as Handle;
    this.emit({ kind: 'stop', id: spec.id, attempt, handle, shutdown: spec.shutdown });
  }

  /** A child that was to be stopped has ended: applies its fate. */
  endAsFated(child: Child<Spec, Handle>, reason: ExitReason): void {
    const { fate, spec } = child;
    if (!stoppedCleanly(spec, reason)) {
      this.emit({ kind: 'report', context: 'shutdown_error', id: spec.id, reason });
    }
    this.noteEnd(child, reason);
    if (fate === 'restart') {
      this.#startAgain(child);
      return;
    }
    if (child.request?.kind === 'replaceChild') this.refuseRequest(child, { kind: 'ended' });
    else this.replyOk(child, undefined);
    this.rest(child, fate === 'remove');
  }

  /** One that a request replaces waits for nobody, unless others are on their way up as well. */
  #startAgain(child: Child<Spec, Handle>): void {
    const { children } = this;
    const isAlone = children.count('pending') + children.count('restarting') === 0;
    if (child.request !== undefined && isAlone) this.beginStart(child);
    else this.startInTurn(child);
  }

  noteEnd(child: Child<Spec, Handle>, reason: ExitReason): void {
    const { attempt, handle } = child;
    child.fate = undefined;
    child.unheardExit = undefined;
    this.emit({ kind: 'childStopped', id: child.spec.id, attempt, handle, reason });
  }

  /** Gives up a start in flight. The request that it served, if any, is told. */
  abandon(child: Child<Spec, Handle>): void {
    this.emit({ kind: 'abandon', id: child.spec.id, attempt: child.attempt });
    this.children.setStatus(child, 'stopped');
  }

  /** Nothing runs and nothing is planned: keeps the child stopped, or forgets it. */
  rest(child: Child<Spec, Handle>, forget: boolean): void {
    if (forget || this.isSimple) this.children.remove(child);
    else this.children.setStatus(child, 'stopped');
  }

  replyOk(child: Child<Spec, Handle>, handle: Handle | undefined): void {
    if (child.request === undefined) return;
    const { token } = child.request;
    child.request = undefined;
    this.accept(token, handle);
  }

  accept(token: number, handle: Handle | undefined): void {
    this.emit({ kind: 'reply', token, result: { ok: true, handle } });
  }

  refuse(token: number, error: RequestError<Handle>): void {
    this.emit({ kind: 'reply', token, result: { ok: false, error } });
  }

  /** Tells the one who asked, if anyone did. The child stays where it is. */
  refuseRequest(child: Child<Spec, Handle>, error: RequestError<Handle>): void {
    const { request } = child;
    if (request === undefined) return;
    child.request = undefined;
    this.refuse(request.token, error);
  }

  /**
   * The start that a request waits for came to nothing. True when that settles it; otherwise the
   * child ran before, and has to come back on its own account.
   */
  settlesRequest(child: Child<Spec, Handle>, failure: StartFailure): boolean {
    const { request, spec } = child;
    if (request === undefined) return false;
    this.refuseRequest(child, { kind: 'startFailed', failure });
    const isReplaced = request.kind === 'replaceChild';
    if (isReplaced && spec.restart !== 'temporary') return false;
    this.rest(child, isReplaced || request.kind === 'startChild');
    return true;
  }

  /** Ends the supervisor if the end of `child`, already settled, calls for it. */
  considerAutoShutdown(child: Child<Spec, Handle>): void {
    const left = this.children.significantActive;
    if (triggersAutoShutdown(this.options.autoShutdown, child.spec, left)) {
      this.beginEnding({ cause: 'auto_shutdown', reason: 'shutdown' });
    }
  }

  /** Drops all plans; what runs is stopped in reverse, what starts is abandoned. */
  beginEnding(ending: Ending): void {
    if (this.phase === 'stopping') return;
    this.phase = 'stopping';
    this.ending = ending;
    for (const child of this.children) this.#dismiss(child);
  }

  #dismiss(child: Child<Spec, Handle>): void {
    if (child.status === 'running') this.planStop(child, 'stop');
    else if (child.status === 'stopping') child.fate = 'stop';
    else {
      if (child.status === 'starting') this.abandon(child);
      else this.children.setStatus(child, 'stopped');
      this.refuseRequest(child, { kind: 'ended' });
    }
  }
}
