import {
  initOutcome,
  type ScenarioChild,
  type Step,
  type SupervisorSpec,
} from '../../otp/scenario.js';
import type { Term } from '../../otp/term.js';
import { pidText, type TraceRecorder } from '../../otp/trace.js';
import { anything, sleep, type Machine, type Message, type Process, type Wait } from './machine.js';
import { Roster, type Child } from './roster.js';
import { decline, worker } from './worker.js';

/** What all processes share. */
export interface Stage {
  readonly machine: Machine;
  readonly trace: TraceRecorder;
  /** The next incarnation of the process at `path`. */
  cast(path: string, parent: Process): Process;
  latest(path: string): Process | undefined;
}

type Going<T> = Generator<Wait, T, Message | undefined>;
type Failure = { readonly id: string; readonly reason: Term };

/**
 * Erlang's supervisor in its own shape: one process that does one thing at a time on a list, and
 * reads its mailbox when it is done.
 */
export class Supervisor {
  readonly #roster: Roster;
  readonly #stage: Stage;
  readonly #self: Process;
  readonly #parent: Process;
  readonly #plan: ScenarioChild;
  readonly #spec: SupervisorSpec;
  #restartsMs: number[] = [];
  #count = 0;

  constructor(stage: Stage, self: Process, parent: Process, plan: ScenarioChild) {
    this.#stage = stage;
    this.#self = self;
    this.#parent = parent;
    this.#plan = plan;
    this.#spec = plan.sup ?? { children: [] };
    this.#roster = new Roster(this.#spec);
  }

  *run(): Going<Term> {
    const { machine, trace } = this.#stage;
    const { inc } = this.#self.name;
    this.#self.trapsExits = true;
    this.#self.roster = this.#roster;
    yield* sleep(this.#plan.init_delay_ms?.[inc] ?? 0);
    const outcome = initOutcome(this.#plan.init, inc);
    if (outcome.kind === 'fail') {
      trace.event('init_fail', this.#self.name);
      const error: Term = ['bad_return', ['oracle', 'init', outcome.reason]];
      return decline(machine, this.#self, this.#parent, { error });
    }
    if (outcome.kind === 'ignore' || this.#spec.init === 'ignore') {
      trace.event('init_ignore', this.#self.name);
      return decline(machine, this.#self, this.#parent, 'ignore');
    }
    trace.event('sup_init', this.#self.name);
    this.#self.hasLived = true;
    if (!this.#roster.isSimple)
      this.#roster.children = this.#spec.children.map((plan) => fresh(plan.id, plan));
    const failure = yield* this.#startAll(this.#roster.children);
    if (failure !== undefined) {
      yield* this.#terminateAll();
      const error: Term = ['shutdown', ['failed_to_start_child', failure.id, failure.reason]];
      decline(machine, this.#self, this.#parent, { error });
      return error;
    }
    machine.send(this.#parent, { kind: 'started', from: this.#self, result: 'ok' });
    return yield* this.#serve();
  }

  *#serve(): Going<Term> {
    for (;;) {
      const message = yield { fits: anything };
      if (message?.kind === 'exit' && message.from === this.#parent) {
        yield* this.#terminateAll();
        return message.reason;
      }
      let goesOn = true;
      if (message?.kind === 'exit') goesOn = yield* this.#exited(message.from, message.reason);
      else if (message?.kind === 'retry') goesOn = yield* this.#retry(message);
      else if (message?.kind === 'call') yield* this.#call(message);
      if (goesOn) continue;
      yield* this.#terminateAll();
      return 'shutdown';
    }
  }

  /** False when the supervisor has to end. */
  *#exited(pid: Process, reason: Term): Going<boolean> {
    const child = this.#roster.children.find((one) => one.pid === pid);
    if (child === undefined) return true;
    const { restart = 'permanent', significant = false } = child.plan;
    if (restart === 'permanent' || !isNormal(reason)) {
      this.#report('child_terminated', child.id, reason);
    }
    const comesBack = restart === 'permanent' || (restart === 'transient' && !isNormal(reason));
    if (comesBack) return yield* this.#restart(child);
    this.#forget(child);
    if (significant !== true) return true;
    if (this.#spec.auto_shutdown === 'any_significant') return false;
    if (this.#spec.auto_shutdown !== 'all_significant') return true;
    return this.#roster.children.some(
      ({ plan, pid: other, isRestarting }) =>
        plan.significant === true && (other !== undefined || isRestarting),
    );
  }

  *#retry({ id }: { readonly id: string }): Going<boolean> {
    const child = this.#roster.children.find((one) => one.id === id && one.isRestarting);
    return child === undefined ? true : yield* this.#restart(child);
  }

  *#restart(child: Child): Going<boolean> {
    const { intensity = 1, period_ms = 5000, strategy } = this.#spec;
    const { nowMs } = this.#stage.machine;
    const isRecent = (atMs: number): boolean => nowMs - atMs <= Number(period_ms);
    this.#restartsMs = [...this.#restartsMs.filter(isRecent), nowMs];
    if (this.#restartsMs.length > Number(intensity)) {
      this.#report('shutdown', child.id, 'reached_max_restart_intensity');
      this.#forget(child);
      return false;
    }
    child.pid = undefined;
    child.isRestarting = false;
    const at = this.#roster.children.indexOf(child);
    let group = [child];
    if (strategy === 'one_for_all') group = this.#roster.children;
    if (strategy === 'rest_for_one') group = this.#roster.children.slice(at);
    yield* this.#terminate(group);
    const left = group.filter((one) => this.#roster.children.includes(one));
    const failure = yield* this.#startAll(left);
    if (failure === undefined) return true;
    const failed = this.#roster.children.find(({ id }) => id === failure.id);
    if (failed !== undefined) failed.isRestarting = true;
    this.#stage.machine.send(this.#self, { kind: 'retry', id: failure.id });
    return true;
  }

  /** In order, until one fails. */
  *#startAll(children: readonly Child[]): Going<Failure | undefined> {
    for (const child of [...children]) {
      const result = yield* this.#start(child);
      if (typeof result !== 'object') continue;
      this.#report('start_error', child.id, result.error);
      return { id: child.id, reason: result.error };
    }
    return undefined;
  }

  /** The child runs, is ignored, or could not be started. */
  *#start(child: Child): Going<'ok' | 'ignore' | { readonly error: Term }> {
    const { machine } = this.#stage;
    const { plan } = child;
    const base = this.#self.name.id;
    const pid = this.#stage.cast(base === 'root' ? plan.id : `${base}/${plan.id}`, this.#self);
    if (initOutcome(plan.init, pid.name.inc).kind === 'raise') {
      machine.end(pid, 'normal');
      return { error: ['EXIT', ['start_function_raised', '<stack>']] };
    }
    const program =
      plan.sup === undefined
        ? worker(this.#stage, pid, this.#self, plan)
        : new Supervisor(this.#stage, pid, this.#self, plan).run();
    machine.spawn(pid, program);
    const answer = yield {
      fits: (one) => (one.kind === 'started' || one.kind === 'exit') && one.from === pid,
    };
    if (answer?.kind === 'exit') return { error: answer.reason };
    const result = answer?.kind === 'started' ? answer.result : 'ignore';
    if (result === 'ok') child.pid = pid;
    if (result === 'ignore' && (plan.restart === 'temporary' || this.#roster.isSimple))
      this.#drop(child);
    return result;
  }

  *#terminateAll(): Going<void> {
    if (this.#roster.isSimple) yield* this.#terminateTogether();
    else yield* this.#terminate(this.#roster.children);
  }

  /** From the last to the first; temporary ones are forgotten. */
  *#terminate(children: readonly Child[]): Going<void> {
    for (const child of [...children].reverse()) {
      const wasRunning = child.pid !== undefined;
      yield* this.#stop(child);
      const isBroken = !wasRunning && child.plan.restart !== 'temporary';
      if (!isBroken) this.#forget(child);
    }
  }

  *#stop(child: Child): Going<void> {
    const { machine } = this.#stage;
    const { pid } = child;
    child.isRestarting = false;
    if (pid === undefined) return;
    const { shutdown = child.plan.sup === undefined ? 5000 : 'infinity' } = child.plan;
    const gone = (one: Message): boolean => one.kind === 'exit' && one.from === pid;
    if (shutdown === 'brutal_kill') machine.kill(pid);
    else machine.signal(pid, 'shutdown', this.#self);
    const timeoutMs = typeof shutdown === 'number' ? shutdown : undefined;
    let news = yield { fits: gone, timeoutMs };
    if (news === undefined) {
      machine.kill(pid);
      news = yield { fits: gone };
    }
    if (news?.kind === 'exit') this.#stopped(child, news.reason);
  }

  #stopped(child: Child, reason: Term): void {
    const { restart = 'permanent', shutdown } = child.plan;
    child.pid = undefined;
    if (reason === (shutdown === 'brutal_kill' ? 'killed' : 'shutdown')) return;
    if (restart !== 'permanent' && isNormal(reason)) return;
    this.#report('shutdown_error', child.id, reason);
  }

  /** All at once, with one time for all. */
  *#terminateTogether(): Going<void> {
    const { machine } = this.#stage;
    const left = new Map<Process, Child>();
    for (const child of this.#roster.children)
      if (child.pid !== undefined) left.set(child.pid, child);
    const { shutdown = 5000 } = this.#spec.children[0] ?? {};
    const untilMs = typeof shutdown === 'number' ? machine.nowMs + shutdown : undefined;
    const inOrder = [...left.keys()].sort((a, b) => (pidText(a.name) < pidText(b.name) ? -1 : 1));
    for (const pid of inOrder) {
      if (shutdown === 'brutal_kill') machine.kill(pid);
      else machine.signal(pid, 'shutdown', this.#self);
    }
    while (left.size > 0) {
      const timeoutMs = untilMs === undefined ? undefined : untilMs - machine.nowMs;
      const isLate = timeoutMs !== undefined && timeoutMs <= 0;
      const news = yield {
        fits: (one) => one.kind === 'exit' && left.has(one.from),
        timeoutMs: isLate ? undefined : timeoutMs,
      };
      if (news?.kind !== 'exit') for (const pid of left.keys()) machine.kill(pid);
      else {
        const child = left.get(news.from);
        left.delete(news.from);
        if (child !== undefined) this.#stopped(child, news.reason);
      }
    }
    this.#roster.children = [];
  }

  /** Keeps the specification of all but the temporary ones. */
  #forget(child: Child): void {
    child.pid = undefined;
    child.isRestarting = false;
    if (child.plan.restart === 'temporary' || this.#roster.isSimple) this.#drop(child);
  }

  #drop(child: Child): void {
    this.#roster.children = this.#roster.children.filter((one) => one !== child);
  }

  #report(context: string, id: string, reason: Term): void {
    const child = this.#roster.isSimple ? (this.#spec.children[0]?.id ?? id) : id;
    this.#stage.trace.report({ child, context, reason, sup: this.#self.name.id });
  }

  *#call({ ask, reply }: Extract<Message, { kind: 'call' }>): Going<void> {
    this.#self.unanswered.add(reply);
    const term = yield* this.#answer(ask as Step & { target?: Process });
    this.#self.unanswered.delete(reply);
    reply(term);
  }

  *#answer(step: Step & { readonly target?: Process | undefined }): Going<Term> {
    switch (step.op) {
      case 'which_children':
        return this.#roster.entries();
      case 'count_children':
        return this.#roster.counts();
      case 'get_childspec':
        return this.#roster.childSpec(step.id);
    }
    if (this.#roster.isSimple) return yield* this.#answerSimple(step);
    if (step.op === 'start_child') return yield* this.#startChild(step.spec ?? { id: '' });
    const child = this.#roster.children.find(({ id }) => id === step.id);
    if (child === undefined) return { error: 'not_found' };
    if (step.op === 'terminate_child') {
      yield* this.#stop(child);
      this.#forget(child);
      return 'ok';
    }
    if (child.isRestarting) return { error: 'restarting' };
    if (child.pid !== undefined) return { error: 'running' };
    if (step.op === 'restart_child') return started(child, yield* this.#start(child));
    this.#drop(child);
    return 'ok';
  }

  *#startChild(plan: ScenarioChild): Going<Term> {
    const present = this.#roster.children.find(({ id }) => id === plan.id);
    if (present?.pid !== undefined)
      return { error: ['already_started', pidText(present.pid.name)] };
    if (present !== undefined) return { error: 'already_present' };
    const child = fresh(plan.id, plan);
    this.#roster.children.push(child);
    const result = yield* this.#start(child);
    if (typeof result !== 'object') return started(child, result);
    this.#drop(child);
    return { error: [result.error, { child: plan.id }] };
  }

  *#answerSimple(step: Step & { readonly target?: Process | undefined }): Going<Term> {
    if (step.op === 'start_child') {
      const [template] = this.#spec.children;
      const [id = '', over = {}] = step.args ?? [];
      this.#count += 1;
      const child = fresh(`child_${this.#count}`, { ...template, ...over, id });
      this.#roster.children.push(child);
      const result = yield* this.#start(child);
      if (typeof result === 'object') this.#drop(child);
      return started(child, result);
    }
    if (step.op !== 'terminate_child' || step.pid_of === undefined) {
      return { error: 'simple_one_for_one' };
    }
    const child = this.#roster.children.find(({ pid }) => pid !== undefined && pid === step.target);
    if (child === undefined) return step.target?.isAlive === true ? { error: 'not_found' } : 'ok';
    yield* this.#stop(child);
    this.#forget(child);
    return 'ok';
  }
}

function fresh(id: string, plan: ScenarioChild): Child {
  return { id, plan, pid: undefined, isRestarting: false };
}

function started({ pid }: Child, result: 'ok' | 'ignore' | { readonly error: Term }): Term {
  if (typeof result === 'object') return result;
  return { ok: result === 'ignore' || pid === undefined ? null : pidText(pid.name) };
}

function isNormal(reason: Term): boolean {
  if (reason === 'normal' || reason === 'shutdown') return true;
  return Array.isArray(reason) && reason.length === 2 && reason[0] === 'shutdown';
}
