import type { Shutdown } from '../../src/otp/supervision/child-policy.js';
import type { Parent, Process } from './process.js';
import { initOutcome, type ScenarioChild } from './scenario.js';
import type { Term } from './term.js';
import type { Timeline } from './timeline.js';
import type { Name, TraceRecorder } from './trace.js';

/** A simulated gen_server that behaves as its scenario says. */
export class Worker implements Process {
  #state: 'starting' | 'running' | 'terminating' | 'dead' = 'starting';
  #leaveReason: Term | undefined = undefined;
  readonly #timeline: Timeline;
  readonly #trace: TraceRecorder;
  readonly #timers: (() => void)[] = [];

  constructor(
    readonly name: Name,
    readonly plan: ScenarioChild,
    readonly parent: Parent,
    world: { readonly timeline: Timeline; readonly trace: TraceRecorder },
  ) {
    this.#timeline = world.timeline;
    this.#trace = world.trace;
  }

  get isAlive(): boolean {
    return this.#state !== 'dead';
  }

  get isBusy(): boolean {
    return this.#state === 'starting' || this.#state === 'terminating';
  }

  /** Calls the parent back when init is through. */
  start(): void {
    const delayMs = this.plan.init_delay_ms?.[this.name.inc] ?? 0;
    if (delayMs === 0) this.#init();
    else this.#after(delayMs, () => this.#init());
  }

  shutdown(how: Shutdown): void {
    if (this.#state === 'dead') return;
    if (how === 'brutal_kill' || how === 0) {
      this.kill();
      return;
    }
    if (how !== 'infinity') this.#after(how, () => this.kill());
    if (this.#state === 'running') this.#stop('shutdown');
  }

  kill(): void {
    this.#die('killed');
  }

  exit(reason: Term): void {
    // One that is still in its init comes to it later, as to any other message.
    if (this.#state === 'starting') this.#leaveReason ??= reason;
    if (this.#state !== 'running') return;
    this.#trace.event('terminate', this.name, reason);
    this.#die(reason);
  }

  orphaned(reason: Term): void {
    if (this.#state === 'starting') this.#die(reason);
    else if (this.#state === 'running') this.#stop(reason);
  }

  signal(reason: Term): void {
    if (reason === 'kill') this.kill();
    else if (this.plan.trap_exit === false && reason !== 'normal') this.#die(reason);
  }

  #init(): void {
    const outcome = initOutcome(this.plan.init, this.name.inc);
    switch (outcome.kind) {
      case 'ok':
        this.#state = 'running';
        this.#trace.event('init', this.name);
        this.#planExit();
        this.#timeline.post(() => this.parent.onStarted(this));
        if (this.#leaveReason !== undefined) this.exit(this.#leaveReason);
        return;
      case 'ignore':
        this.#trace.event('init_ignore', this.name);
        this.#gone(() => this.parent.onIgnored());
        return;
      case 'fail':
        this.#trace.event('init_fail', this.name, outcome.reason);
        this.#gone(() => this.parent.onFailed(outcome.reason));
        return;
      case 'raise':
        this.#gone(() => this.parent.onFailed(START_RAISED));
    }
  }

  #planExit(): void {
    const planned = this.plan.exit_after_ms?.[this.name.inc];
    if (planned === undefined) return;
    const [delayMs, reason] = planned;
    this.#after(delayMs, () => this.exit(reason));
  }

  #stop(reason: Term): void {
    if (this.plan.trap_exit === false) {
      this.#die(reason);
      return;
    }
    this.#state = 'terminating';
    this.#trace.event('terminate', this.name, reason);
    if (this.plan.ignores_shutdown === true) return;
    const { delay_ms = 0, exit = reason } = this.plan.on_shutdown ?? {};
    if (delay_ms === 0) this.#die(exit);
    else this.#after(delay_ms, () => this.#die(exit));
  }

  #die(reason: Term): void {
    if (this.#state === 'dead') return;
    this.#trace.event('exit', this.name, reason);
    this.#gone(() => this.parent.onExit(reason));
  }

  #gone(tell: () => void): void {
    this.#state = 'dead';
    for (const cancel of this.#timers) cancel();
    this.#timeline.post(tell);
  }

  #after(delayMs: number, run: () => void): void {
    this.#timers.push(this.#timeline.after(delayMs, run));
  }
}

/** What a supervisor makes of a start function that raises. */
export const START_RAISED: Term = ['EXIT', ['start_function_raised', '<stack>']];
