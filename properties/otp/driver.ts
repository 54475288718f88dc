import type { SupervisorRef } from '../../src/otp/child-spec.js';
import { SUPERVISORS } from '../../src/otp/supervisor/supervisor.js';
import {
  ChildNotFoundError,
  MaxRestartsExceededError,
} from '../../src/otp/supervisor/supervisor-error.js';
import { SupervisorRequestFailure } from '../../src/otp/supervisor/supervisor-request.js';
import type { Log } from '../../src/platform/platform.js';
import { runVirtual, sleep } from '../../src/platform/run-virtual.js';
import type { VirtualPlatform } from '../../src/platform/virtual-platform.js';
import { ServerNotRunningError } from '../../src/runtime/call-error.js';
import type { Actor } from './actor.js';
import { specOf, startSupervisor } from './actor-supervisor.js';
import { leave } from './actor-worker.js';
import { errorTerm, refusalTerm } from './error-term.js';
import { Families } from './family.js';
import { CALLS, EXITS, QUIET_MS, type Scenario, type Step } from './scenario.js';
import { Stage } from './stage.js';
import { toReason, type Term } from './term.js';
import { pidText, type Trace } from './trace.js';

/** Runs one scenario against `Supervisor` and real servers, in virtual time. */
export async function runScenario(scenario: Scenario): Promise<Trace> {
  let stage: Stage | undefined;
  const log = reportingLog((context, fields) => stage?.report(fields, context));
  const run = (platform: VirtualPlatform): Promise<Trace> => {
    stage = new Stage(platform);
    return new ScenarioRun(scenario, stage).run();
  };
  return await runVirtual(run, { log });
}

class ScenarioRun {
  readonly #scenario: Scenario;
  readonly #stage: Stage;
  readonly #families: Families;
  readonly #root: Actor;
  readonly #steps: Record<string, unknown>[] = [];
  #startReply: Term | undefined = undefined;

  constructor(scenario: Scenario, stage: Stage) {
    this.#scenario = scenario;
    this.#stage = stage;
    this.#families = new Families(stage);
    this.#root = stage.cast('root', { id: 'root', sup: scenario.supervisor }, undefined);
  }

  async run(): Promise<Trace> {
    this.#start();
    await this.#until(() => this.#startReply !== undefined);
    await this.#finish(0, { op: 'start' }, this.#startReply ?? null, 0);
    for (const [index, step] of this.#scenario.steps.entries()) {
      const startMs = this.#nowMs;
      // What is not waited for is followed by the next step before anybody else has a turn.
      const reply = STRIKES.has(step.op) ? this.#strike(step) : await this.#perform(step);
      const base = { i: index + 1, op: step.op, reply };
      if (step.settle === false) this.#steps.push({ ...base, settled: false });
      else await this.#finish(index + 1, step, reply, startMs);
    }
    const { trace } = this.#stage;
    trace.settle(this.#scenario.steps.length);
    const { name } = this.#scenario;
    // What happens from here on is not in the trace any more.
    const [events, reports] = [[...trace.events], [...trace.reports]];
    return { name, events, reports, steps: this.#steps, final: this.#view() };
  }

  get #nowMs(): number {
    return this.#stage.platform.clock.nowMs();
  }

  #start(): void {
    this.#stage
      .starting(() => startSupervisor(this.#stage, this.#root))
      .then(
        (ref) => (this.#startReply = ref === undefined ? 'ignore' : 'ok'),
        (error: unknown) => (this.#startReply = { error: errorTerm(error) }),
      );
  }

  async #finish(index: number, step: Step, reply: Term, startMs: number): Promise<void> {
    await this.#settle();
    this.#stage.trace.settle(index);
    const elapsedMs = this.#nowMs - startMs;
    const [loMs, hiMs] = step.expect_ms ?? [0, Infinity];
    const elapsed =
      step.expect_ms === undefined ? {} : { elapsed_ok: elapsedMs >= loMs && elapsedMs <= hiMs };
    this.#steps.push({ i: index, op: step.op, reply, ...this.#view(), ...elapsed });
  }

  async #perform(step: Step): Promise<Term> {
    switch (step.op) {
      case 'wait':
        await sleep(this.#stage.platform, step.ms ?? 0);
        return 'ok';
      case 'align':
        await sleep(this.#stage.platform, 1000 - (this.#nowMs % 1000));
        return 'ok';
      case 'stop':
        return await this.#stop(step);
      case 'queued':
        return await this.#callAll(step.calls ?? []);
    }
    return (await this.#callAll([step]))[0] ?? null;
  }

  /** Steps that end a child, or try to; none of them is waited for. */
  #strike(step: Step): Term {
    const reason = step.reason ?? EXITS.get(step.op) ?? 'boom';
    if (step.op === 'kill') this.#kill(this.#actor(step, step.id));
    else if (step.op === 'signal') this.#signal(this.#actor(step, step.id), reason);
    else {
      for (const id of step.op === 'batch_crash' ? (step.ids ?? []) : [step.id]) {
        leave(this.#stage, this.#actor(step, id), reason);
      }
    }
    return 'ok';
  }

  /** Issues all calls at once; they queue in the mailboxes of their supervisors. */
  async #callAll(calls: readonly Step[]): Promise<Term[]> {
    const replies: (Term | undefined)[] = calls.map(() => undefined);
    calls.forEach((step, index) => {
      const reply = CALLS.has(step.op) ? this.#call(step) : Promise.resolve(this.#strike(step));
      void reply.then((term) => (replies[index] = term));
    });
    await this.#until(() => replies.every((reply) => reply !== undefined));
    return replies.map((reply) => reply ?? null);
  }

  async #call(step: Step): Promise<Term> {
    const supervisor = this.#stage.latest(step.sup ?? 'root');
    if (supervisor?.ref === undefined || !supervisor.isAlive || supervisor.plan.sup === undefined) {
      return { exit: 'noproc' };
    }
    try {
      return await this.#request(supervisor, supervisor.ref, step);
    } catch (error) {
      // A supervisor that ended before it answered fails its callers with its own reason.
      if (isEnd(error)) return { exit: supervisor.exit ?? 'noproc' };
      return { error: this.#refusal(supervisor, step, error) };
    }
  }

  async #request(supervisor: Actor, ref: SupervisorRef, step: Step): Promise<Term> {
    const supervisors = this.#stage.runtime.use(SUPERVISORS);
    const { id = '' } = step;
    switch (step.op) {
      case 'start_child': {
        const child = step.args ?? specOf(this.#stage, supervisor.name.id, step.spec ?? { id });
        return this.#started(await supervisors.startChild(ref, child));
      }
      case 'restart_child':
        return this.#started(await supervisors.restartChild(ref, id));
      case 'delete_child':
        await supervisors.deleteChild(ref, id);
        return 'ok';
      case 'terminate_child':
        if (step.pid_of !== undefined) return await this.#terminate(supervisor, ref, step.pid_of);
        if (supervisor.isSimpleSupervisor) return { error: 'simple_one_for_one' };
        await supervisors.terminateChild(ref, id);
        return 'ok';
      default:
        return await this.#families.ask(supervisor, step.op, id);
    }
  }

  /** By pid, which only children without ids are known by. */
  async #terminate(supervisor: Actor, ref: SupervisorRef, path: string): Promise<Term> {
    const supervisors = this.#stage.runtime.use(SUPERVISORS);
    const actor = this.#stage.latest(path);
    const id = actor === undefined ? undefined : this.#families.childIdOf(actor, supervisor);
    const child = id === undefined ? undefined : supervisors.getChild(ref, id);
    // The news of a dead one is ahead of this request; by then only its next attempt is left.
    if (id === undefined || (actor?.isAlive !== true && child?.status !== 'restarting')) {
      // The answer is known, but comes in the supervisor's own time.
      await this.#families.ask(supervisor, 'count_children', '');
      const isUnknown = !supervisor.isSimpleSupervisor || actor?.isAlive === true;
      return isUnknown ? { error: 'not_found' } : 'ok';
    }
    try {
      await supervisors.terminateChild(ref, id);
    } catch (error) {
      // It is not known any more, but it is not alive either.
      if (!(error instanceof ChildNotFoundError) || actor?.isAlive === true) throw error;
    }
    return 'ok';
  }

  #started(ref: SupervisorRef | undefined): Term {
    return { ok: ref === undefined ? null : this.#nameOf(ref.id) };
  }

  #refusal(supervisor: Actor, step: Step, error: unknown): Term {
    const term = refusalTerm(error, (id) => this.#nameOf(id));
    if (term === 'invalid_child_spec') return [term, (step.args ?? null) as Term];
    const hasRecord = step.op === 'start_child' && !supervisor.isSimpleSupervisor;
    const isFailure = hasRecord && (error as { code?: unknown }).code === 'ERR_CHILD_START';
    return isFailure ? [term, { child: step.spec?.id ?? null }] : term;
  }

  #nameOf(id: string): string | null {
    const actor = this.#stage.actorOf(id);
    return actor === undefined ? null : pidText(actor.name);
  }

  async #stop(step: Step): Promise<Term> {
    const actor = this.#stage.latest(step.sup ?? 'root');
    const { reason = 'shutdown' } = step;
    if (reason === 'kill') this.#kill(actor);
    else if (actor?.ref !== undefined) {
      this.#stage.runtime.router.send(actor.ref, { kind: 'stop', reason: toReason(reason) });
    }
    await this.#until(() => actor?.isAlive !== true);
    return 'ok';
  }

  #kill(actor: Actor | undefined): void {
    if (actor?.ref === undefined) return;
    actor.leaves = true;
    this.#stage.runtime.router.send(actor.ref, { kind: 'kill' });
  }

  #signal(actor: Actor | undefined, reason: Term): void {
    if (actor?.ref === undefined) return;
    if (reason === 'kill') this.#kill(actor);
    else {
      if (actor.plan.trap_exit === false) actor.leaves = true;
      const signal = { kind: 'exit', from: STRANGER, reason: toReason(reason) } as const;
      // Without trapping, nobody minds a stranger's normal end; with it, nobody minds any other.
      if (reason === 'normal' && actor.plan.trap_exit === false) return;
      const isStarting = this.#stage.processOf(actor)?.status === 'starting';
      if (isStarting && actor.plan.trap_exit !== false) return;
      this.#stage.runtime.router.send(actor.ref, { ...signal, linked: false });
    }
  }

  #actor(step: Step, id = ''): Actor | undefined {
    const inner = step.sup === undefined ? undefined : this.#stage.latest(`${step.sup}/${id}`);
    return this.#stage.latest(id) ?? inner;
  }

  async #until(isDone: () => boolean): Promise<void> {
    for (;;) {
      const nextMs = await this.#quiet();
      if (isDone() || nextMs === undefined) return;
      await sleep(this.#stage.platform, nextMs - this.#nowMs);
    }
  }

  async #settle(): Promise<void> {
    for (;;) {
      const nextMs = await this.#quiet();
      if (nextMs === undefined) return;
      if (nextMs > this.#nowMs + QUIET_MS && !this.#stage.isBusy) return;
      await sleep(this.#stage.platform, nextMs - this.#nowMs);
    }
  }

  /** Waits until nothing more happens at this instant; when the next thing will. */
  async #quiet(): Promise<number | undefined> {
    await sleep(this.#stage.platform, 0);
    return this.#stage.platform.nextDeadlineMs;
  }

  #view(): Record<string, unknown> {
    if (this.#startReply !== 'ok') return { sup: 'not_started' };
    const root = this.#root;
    if (!root.isAlive) return { sup: { exit: root.exit } };
    return {
      sup: 'alive',
      children: this.#families.tree(root),
      counts: this.#families.countNow(root),
    };
  }
}

function isEnd(error: unknown): boolean {
  if (error instanceof SupervisorRequestFailure) return error.failure.kind === 'ended';
  return error instanceof ServerNotRunningError || error instanceof MaxRestartsExceededError;
}

function reportingLog(report: (context: string, fields: Record<string, unknown>) => void): Log {
  const ignore = (): void => undefined;
  return {
    debug: ignore,
    info: (message, fields = {}) => {
      const [, context] = /^supervisor: (\w+)$/.exec(message) ?? [];
      if (context !== undefined) report(context, fields);
    },
    warn: ignore,
    error: ignore,
  };
}

/** The steps that end a child, or try to. */
const STRIKES: ReadonlySet<string> = new Set([
  ...EXITS.keys(),
  'exit',
  'kill',
  'signal',
  'batch_crash',
]);
const STRANGER = { id: 'a_stranger' };
