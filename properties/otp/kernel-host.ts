import type { Shutdown } from '../../src/otp/supervision/child-policy.js';
import type { ChildView } from '../../src/otp/supervision/child.js';
import { SupervisionKernel } from '../../src/otp/supervision/kernel.js';
import type { Exit, KernelEffect, RequestResult } from '../../src/otp/supervision/kernel-effect.js';
import type { KernelEvent } from '../../src/otp/supervision/kernel-event.js';
import type { KernelOptions } from '../../src/otp/supervision/kernel-options.js';
import type { Parent, Process } from './process.js';
import { done, ENDED, exitTerm, NOT_FOUND, started } from './reply-term.js';
import { initOutcome, type ScenarioChild, type Step, type SupervisorSpec } from './scenario.js';
import { checkChild, checkChildren, checkFlags, type CheckedChild } from './spec-check.js';
import * as snapshot from './snapshot.js';
import { toReason, toTerm, type Term } from './term.js';
import type { Name } from './trace.js';
import { START_RAISED } from './worker.js';
import type { World } from './world.js';

type View = ChildView<CheckedChild, Process>;

/** What turns the kernel's answer to a call into the term that Erlang replies with. */
interface Call {
  reply(term: Term): void;
  result?(result: RequestResult<Process>): Term;
  inspect?(children: readonly View[]): Term;
}

/** A simulated supervisor process: a kernel, carried out on simulated children. */
export class KernelHost implements Process {
  readonly #world: World;
  readonly #calls = new Map<number, Call>();
  readonly #living = new Set<Process>();
  #kernel: SupervisionKernel<CheckedChild, Process> | undefined = undefined;
  #options: KernelOptions | undefined = undefined;
  #template: CheckedChild | undefined = undefined;
  #state: 'alive' | 'dead' = 'alive';
  #tokens = 0;
  #dynamic = 0;
  #stopMark: number | undefined = undefined;

  constructor(
    readonly name: Name,
    readonly plan: ScenarioChild,
    readonly parent: Parent,
    world: World,
  ) {
    this.#world = world;
  }

  get isAlive(): boolean {
    return this.#state === 'alive';
  }

  get isBusy(): boolean {
    return this.isAlive && this.#kernel?.phase !== 'running';
  }

  get isSimple(): boolean {
    return this.#options?.strategy === 'simple_one_for_one';
  }

  get template(): CheckedChild | undefined {
    return this.#template;
  }

  children(): readonly View[] {
    return this.#kernel === undefined ? [] : [...this.#kernel.children()];
  }

  /** Runs the init callback, then starts the children. */
  start(): void {
    const delayMs = this.plan.init_delay_ms?.[this.name.inc] ?? 0;
    this.#world.timeline.after(delayMs, () => {
      if (this.isAlive) this.#init(this.plan.sup ?? { children: [] });
    });
  }

  shutdown(how: Shutdown): void {
    if (!this.isAlive) return;
    if (how === 'brutal_kill' || how === 0) {
      this.kill();
      return;
    }
    if (how !== 'infinity') this.#world.timeline.after(how, () => this.kill());
    this.orphaned('shutdown');
  }

  /** A supervisor obeys its parent, whatever the reason, and ends with it. */
  orphaned(reason: Term): void {
    if (reason === 'kill') this.kill();
    this.#post({ kind: 'stop', reason: toReason(reason) });
  }

  kill(): void {
    if (!this.isAlive) return;
    this.#die('killed');
    for (const process of [...this.#living]) process.orphaned('killed');
    this.#gone(() => this.parent.onExit('killed'));
  }

  /** A supervisor never ends by its own doing but through its kernel. */
  exit(): void {
    return;
  }

  /** Strangers' signals are ignored, except the one that cannot be. */
  signal(reason: Term): void {
    if (reason === 'kill') this.kill();
  }

  /** Puts a call into the supervisor's mailbox. */
  call(step: Step, reply: (term: Term) => void): void {
    // The caller looks the process up that it means.
    const target = step.pid_of === undefined ? undefined : this.#world.latest(step.pid_of);
    this.#world.timeline.post(() => {
      if (this.isAlive && this.#kernel !== undefined) this.#receive(step, target, reply);
      else reply({ exit: 'noproc' });
    });
  }

  #init(spec: SupervisorSpec): void {
    const { trace } = this.#world;
    const outcome = initOutcome(this.plan.init, this.name.inc);
    if (outcome.kind === 'raise') {
      this.#neverLived(() => this.parent.onFailed(START_RAISED));
    } else if (outcome.kind === 'fail') {
      trace.event('init_fail', this.name);
      const error: Term = ['bad_return', ['oracle', 'init', outcome.reason]];
      this.#neverLived(() => this.parent.onFailed(error));
    } else if (outcome.kind === 'ignore' || spec.init === 'ignore') {
      trace.event('init_ignore', this.name);
      this.#neverLived(() => this.parent.onIgnored());
    } else {
      trace.event('sup_init', this.name);
      this.#begin(spec);
    }
  }

  #begin(spec: SupervisorSpec): void {
    const flags = checkFlags(spec);
    if (!flags.ok) {
      this.#refuseToStart(['supervisor_data', flags.error]);
      return;
    }
    const isSimple = flags.value.strategy === 'simple_one_for_one';
    if (isSimple && spec.children.length !== 1) {
      this.#refuseToStart(['bad_start_spec', spec.children.map(({ id }) => ({ child: id }))]);
      return;
    }
    const children = checkChildren(spec.children, flags.value.autoShutdown);
    if (!children.ok) {
      this.#refuseToStart(['start_spec', children.error]);
      return;
    }
    this.#options = flags.value;
    this.#kernel = new SupervisionKernel(flags.value);
    if (isSimple) this.#template = children.value[0];
    this.#feed({ kind: 'start', children: isSimple ? [] : children.value });
  }

  #refuseToStart(error: Term): void {
    this.#die(error);
    this.#gone(() => this.parent.onFailed(error));
  }

  #post(event: KernelEvent<CheckedChild, Process>): void {
    this.#world.timeline.post(() => this.#feed(event));
  }

  #feed(event: KernelEvent<CheckedChild, Process>): void {
    if (!this.isAlive || this.#kernel === undefined) return;
    const effects = this.#kernel.handle(event, this.#world.timeline.nowMs);
    if (this.isSimple && effects.filter(({ kind }) => kind === 'stop').length > 1) {
      this.#stopMark = this.#world.trace.events.length;
    }
    for (const effect of this.#inOrder(effects)) this.#perform(effect);
  }

  /** Children that stop side by side do so in no order: by name is as good as any. */
  #inOrder(effects: KernelEffect<CheckedChild, Process>[]): KernelEffect<CheckedChild, Process>[] {
    return this.#stopMark === undefined ? effects : snapshot.byName(effects);
  }

  #perform(effect: KernelEffect<CheckedChild, Process>): void {
    switch (effect.kind) {
      case 'start':
        this.#spawn(effect.id, effect.attempt, effect.spec.plan);
        break;
      case 'stop':
        effect.handle.shutdown(effect.shutdown);
        break;
      case 'retry':
        this.#post(effect);
        break;
      case 'ready':
        this.#world.timeline.post(() => this.parent.onStarted(this));
        break;
      case 'reply':
        this.#answer(effect.token, (call) => call.result?.(effect.result));
        break;
      case 'inspected':
        this.#answer(effect.token, (call) => call.inspect?.(effect.children));
        break;
      case 'report':
        this.#world.trace.report({
          child: this.#template?.id ?? effect.id,
          context: effect.context,
          reason: toTerm(effect.reason as never),
          sup: this.name.id,
        });
        break;
      case 'exit':
        this.#end(effect);
        break;
      case 'abandon':
      case 'childStarted':
      case 'childRestarted':
      case 'childStopped':
        break;
    }
  }

  #spawn(id: string, attempt: number, plan: ScenarioChild): void {
    const path = this.name.id === 'root' ? plan.id : `${this.name.id}/${plan.id}`;
    const forget = (): void => void this.#living.delete(process);
    const process = this.#world.spawn(path, plan, {
      onStarted: (handle) => this.#feed({ kind: 'started', id, attempt, handle }),
      onIgnored: () => {
        forget();
        this.#feed({ kind: 'ignored', id, attempt });
      },
      onFailed: (reason) => {
        forget();
        this.#feed({ kind: 'failed', id, attempt, reason: toReason(reason) });
      },
      onExit: (reason) => {
        forget();
        this.#feed({ kind: 'exited', id, attempt, reason: toReason(reason) });
      },
    });
    this.#living.add(process);
    process.start();
  }

  #end(exit: Exit): void {
    const { trace } = this.#world;
    if (this.#stopMark !== undefined) trace.sortSince(this.#stopMark);
    const reason = exitTerm(exit);
    this.#die(reason);
    const isFailure = exit.cause === 'start_failed';
    this.#gone(() => (isFailure ? this.parent.onFailed(reason) : this.parent.onExit(reason)));
  }

  #die(reason: Term): void {
    this.#state = 'dead';
    this.#world.trace.event('exit', this.name, reason);
    for (const call of this.#calls.values()) call.reply({ exit: reason });
    this.#calls.clear();
  }

  #neverLived(tell: () => void): void {
    this.#state = 'dead';
    this.#gone(tell);
  }

  #gone(tell: () => void): void {
    this.#world.timeline.post(tell);
  }

  #answer(token: number, termOf: (call: Call) => Term | undefined): void {
    const call = this.#calls.get(token);
    if (call === undefined) return;
    const term = termOf(call);
    // Calls that the supervisor did not get to fail with its exit reason, once it has one.
    if (term === ENDED || term === undefined) return;
    this.#calls.delete(token);
    call.reply(term);
  }

  #receive(step: Step, target: Process | undefined, reply: (term: Term) => void): void {
    const token = this.#tokens++;
    const ask = (inspect: (children: readonly View[]) => Term): void => {
      this.#calls.set(token, { reply, inspect });
      this.#feed({ kind: 'inspect', token });
    };
    const id = step.id ?? '';
    const request = (kind: 'terminateChild' | 'restartChild' | 'deleteChild', of: string): void => {
      this.#calls.set(token, { reply, result: kind === 'restartChild' ? started : done });
      this.#feed({ kind, token, id: of });
    };
    switch (step.op) {
      case 'which_children':
        return ask((children) => snapshot.whichChildren(this, children));
      case 'count_children':
        return ask((children) => snapshot.countChildren(this, children));
      case 'get_childspec':
        return ask((children) => snapshot.childSpec(this, children, id));
      case 'start_child':
        return this.#startChild(step, token, reply, ask);
      case 'terminate_child': {
        if (step.pid_of !== undefined) {
          const child = this.children().find(({ handle }) => handle === target);
          if (this.isSimple && target !== undefined && child !== undefined) {
            // It may be gone by the time that the request has its turn.
            const result = (answer: RequestResult<Process>): Term =>
              target.isAlive ? done(answer) : 'ok';
            this.#calls.set(token, { reply, result });
            this.#feed({ kind: 'terminateChild', token, id: child.spec.id });
            return;
          }
          const isDead = this.isSimple && target?.isAlive !== true;
          return ask(() => (isDead ? 'ok' : NOT_FOUND));
        }
        break;
      }
    }
    if (this.isSimple) return ask(() => ({ error: 'simple_one_for_one' }));
    if (step.op === 'terminate_child') return request('terminateChild', id);
    if (step.op === 'restart_child') return request('restartChild', id);
    return request('deleteChild', id);
  }

  #startChild(
    step: Step,
    token: number,
    reply: (term: Term) => void,
    ask: (inspect: () => Term) => void,
  ): void {
    const checked = this.#checkNew(step);
    if (!checked.ok) return ask(() => ({ error: checked.error }));
    const spec = checked.value;
    const record = this.isSimple ? undefined : { child: spec.id };
    this.#calls.set(token, { reply, result: (result) => started(result, record) });
    this.#feed({ kind: 'startChild', token, spec });
  }

  #checkNew(step: Step): ReturnType<typeof checkChild> {
    const { autoShutdown = 'never' } = this.#options ?? {};
    if (this.#template !== undefined && step.args !== undefined) {
      const [id, overrides] = step.args;
      this.#dynamic += 1;
      const plan = { ...this.#template.plan, ...overrides, id };
      return { ok: true, value: { ...this.#template, id: `child_${this.#dynamic}`, plan } };
    }
    if (step.spec !== undefined) return checkChild(step.spec, autoShutdown);
    return { ok: false, error: ['invalid_child_spec', (step.args ?? null) as Term] };
  }
}
