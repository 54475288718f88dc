import type { ExitReason } from '../../runtime/exit-reason.js';
import type { ChildPolicy } from './child-policy.js';
import type { Child } from './child.js';
import type { KernelCore } from './kernel-core.js';
import type { StartFailure } from './kernel-effect.js';
import type { LostEvent } from './kernel-event.js';
import type { KernelDecisions } from './kernel-options.js';
import { isFailure, verdictOnExit } from './restart-type.js';
import { restartPauseMs } from './restart-backoff.js';
import {
  emptyHistory,
  historyFromAges,
  recentRestarts,
  restartAges,
  type RestartHistory,
} from './restart-window.js';
import { isIndependent } from './strategy.js';

/**
 * What follows from ends, losses and failed starts: who is restarted, at what charge, and who has
 * to stop for it.
 */
export class Recovery<Spec extends ChildPolicy, Handle> {
  readonly #core: KernelCore<Spec, Handle>;
  readonly #decisions: KernelDecisions;
  #history: RestartHistory = emptyHistory();

  constructor(core: KernelCore<Spec, Handle>, decisions: KernelDecisions) {
    this.#core = core;
    this.#decisions = decisions;
  }

  /** How long ago each restart was that still counts, oldest first. */
  ages(nowMs: number): number[] {
    recentRestarts(this.#history, this.#core.options.intensity, nowMs);
    return restartAges(this.#history, nowMs);
  }

  /** Takes over the restarts of an earlier life of the supervisor. */
  rememberAges(agesMs: readonly number[], nowMs: number): void {
    this.#history = historyFromAges(agesMs, nowMs);
  }

  /** A running child ended on its own. */
  exited(child: Child<Spec, Handle>, reason: ExitReason, nowMs: number): void {
    if (!this.#bury(child, reason)) {
      this.#core.considerAutoShutdown(child);
      return;
    }
    const delayMs = this.#pauseMs(nowMs);
    if (delayMs === 0) this.restart([child], nowMs);
    else this.#core.emit({ kind: 'retry', id: child.spec.id, delayMs });
  }

  /**
   * One cause took several children. Those that were being stopped anyway are done with; the rest
   * cost one charge, unless none of them comes back.
   */
  lost(event: LostEvent, nowMs: number): void {
    const broken: Child<Spec, Handle>[] = [];
    const gone: Child<Spec, Handle>[] = [];
    for (const { id, attempt } of event.children) {
      const child = this.#core.current(id, attempt);
      if (child !== undefined) this.#lose(child, event.reason, broken, gone);
    }
    for (const child of gone) this.#core.considerAutoShutdown(child);
    if (this.#core.phase !== 'stopping') this.restart(broken, nowMs);
  }

  /** A start failed for its own reason: tried again, unless it was the first or a request's. */
  failed(child: Child<Spec, Handle>, reason: ExitReason, nowMs: number): void {
    const failure: StartFailure = { kind: 'failed', reason };
    if (this.#core.settlesRequest(child, failure)) return;
    const { id } = child.spec;
    this.#core.emit({ kind: 'report', context: 'start_error', id, reason });
    if (this.#core.phase === 'starting' && !child.wasRunning) {
      this.#failInitial(child, failure);
      return;
    }
    this.#core.children.setStatus(child, 'restarting');
    const delayMs = this.#pauseMs(nowMs);
    this.#core.emit(delayMs === 0 ? { kind: 'retry', id } : { kind: 'retry', id, delayMs });
    // The retry plans anew from this child on. Until then the children that this pass had not
    // reached stay down, also when the retry is cancelled, as in Erlang.
    if (!isIndependent(this.#core.options.strategy)) this.#dropPlannedStarts();
  }

  /** No node can take the child: it waits, at no charge. */
  held(child: Child<Spec, Handle>): void {
    if (this.#core.settlesRequest(child, { kind: 'held' })) return;
    if (this.#core.phase === 'starting') {
      this.#failInitial(child, { kind: 'held' });
      return;
    }
    this.#core.children.setStatus(child, 'waiting');
  }

  /**
   * A node appeared: what waited for one is tried again, at no charge. The pass that waited with it
   * goes on, and what that pass had started already is left alone.
   */
  available(): void {
    for (const child of this.#waiting()) this.#core.startInTurn(child);
  }

  /** What a former owner wanted back comes back, and what it would have stopped for that stops. */
  takeUp(): void {
    const waiting = this.#waiting();
    if (waiting.length > 0) this.#plan(waiting);
  }

  #waiting(): Child<Spec, Handle>[] {
    return [...this.#core.children].filter((child) => child.status === 'waiting');
  }

  /** Charges once for `broken`, if there are any, then plans one pass through the strategy. */
  restart(broken: readonly Child<Spec, Handle>[], nowMs: number): void {
    const { intensity } = this.#core.options;
    const [first] = broken;
    if (first === undefined) return;
    if (this.#decisions.recordRestart(this.#history, intensity, nowMs) === 'allowed') {
      this.#plan(broken);
      return;
    }
    const reason = 'reached_max_restart_intensity';
    this.#core.emit({ kind: 'report', context: 'shutdown', id: first.spec.id, reason });
    for (const child of broken) this.#core.rest(child, false);
    this.#core.beginEnding({ cause: 'max_restarts', reason: 'shutdown' });
  }

  /** Settles a running child that ended; true when it has to come back. */
  #bury(child: Child<Spec, Handle>, reason: ExitReason): boolean {
    const core = this.#core;
    const { id } = child.spec;
    const verdict = verdictOnExit(child.spec, reason, core.options);
    if (verdict !== 'keep' && isFailure(child.spec, reason)) {
      core.emit({ kind: 'report', context: 'child_terminated', id, reason });
    }
    core.noteEnd(child, reason);
    // Until its restart is decided on, it counts as active for the auto-shutdown.
    if (verdict === 'restart') core.children.setStatus(child, 'restarting');
    else core.rest(child, verdict === 'remove');
    return verdict === 'restart';
  }

  #lose(
    child: Child<Spec, Handle>,
    reason: ExitReason,
    broken: Child<Spec, Handle>[],
    gone: Child<Spec, Handle>[],
  ): void {
    if (child.fate !== undefined) {
      this.#core.endAsFated(child, reason);
      return;
    }
    if (child.status === 'running') {
      (this.#bury(child, reason) ? broken : gone).push(child);
    } else if (child.status === 'starting') {
      if (this.#startsElsewhere(child)) return;
      if (this.#core.settlesRequest(child, { kind: 'failed', reason })) return;
      if (child.spec.restart === 'temporary') {
        this.#core.rest(child, true);
        gone.push(child);
      } else {
        this.#core.children.setStatus(child, 'restarting');
        broken.push(child);
      }
    }
  }

  /** A start that was asked for, lost before it came to anything: nothing of it has failed. */
  #startsElsewhere(child: Child<Spec, Handle>): boolean {
    const { request } = child;
    if (request === undefined || request.kind === 'replaceChild') return false;
    this.#core.startInTurn(child);
    return true;
  }

  #pauseMs(nowMs: number): number {
    const { backoff, intensity } = this.#core.options;
    if (backoff === undefined) return 0;
    return restartPauseMs(backoff, recentRestarts(this.#history, intensity, nowMs));
  }

  #plan(broken: readonly Child<Spec, Handle>[]): void {
    const core = this.#core;
    for (const child of broken) core.startInTurn(child);
    const reach = this.#decisions.reachOf(core.options.strategy);
    if (reach === 'broken') return;
    const first = reach === 'all' ? core.children.first : earliest(broken);
    for (let child = first; child !== undefined; child = child.after) this.#touch(child);
  }

  /** Makes a child of the group stop, if there is something to stop, and start again. */
  #touch(child: Child<Spec, Handle>): void {
    const core = this.#core;
    const isTemporary = child.spec.restart === 'temporary';
    switch (child.status) {
      case 'running':
        core.planStop(child, isTemporary ? 'remove' : 'restart');
        break;
      case 'starting':
        core.abandon(child);
        if (isTemporary) this.#dropStart(child);
        else core.planStart(child);
        break;
      case 'stopped':
      case 'restarting':
      case 'waiting':
        core.planStart(child);
        break;
      case 'pending':
      case 'stopping':
        break;
    }
  }

  /** The abandoned start may have run for a moment, so another would be a restart. */
  #dropStart(child: Child<Spec, Handle>): void {
    const failure: StartFailure = { kind: 'failed', reason: 'shutdown' };
    this.#core.refuseRequest(child, { kind: 'startFailed', failure });
    this.#core.rest(child, true);
  }

  #failInitial(child: Child<Spec, Handle>, failure: StartFailure): void {
    this.#core.rest(child, false);
    const failed = { id: child.spec.id, failure };
    this.#core.beginEnding({ cause: 'start_failed', reason: { shutdown: failed }, failed });
  }

  #dropPlannedStarts(): void {
    for (;;) {
      const child = this.#core.agenda.nextStart();
      if (child === undefined) return;
      this.#core.children.setStatus(child, 'stopped');
    }
  }
}

function earliest<Spec extends ChildPolicy, Handle>(
  broken: readonly Child<Spec, Handle>[],
): Child<Spec, Handle> | undefined {
  let first: Child<Spec, Handle> | undefined;
  for (const child of broken) {
    if (first === undefined || child.position < first.position) first = child;
  }
  return first;
}
