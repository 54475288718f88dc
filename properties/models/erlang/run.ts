import { CALLS, EXITS, QUIET_MS, type Scenario, type Step } from '../../otp/scenario.js';
import type { Term } from '../../otp/term.js';
import { TraceRecorder, type Trace } from '../../otp/trace.js';
import { Machine, Process } from './machine.js';
import { Supervisor, type Stage } from './supervisor.js';

/** Runs a scenario with a supervisor as Erlang writes it. Specifications must be valid. */
export function runScenario(scenario: Scenario): Trace {
  return new ScenarioRun(scenario).run();
}

class ScenarioRun implements Stage {
  readonly trace = new TraceRecorder();
  readonly machine = new Machine((process, reason) => {
    if (process.hasLived) this.trace.event('exit', process.name, reason);
  });
  readonly #scenario: Scenario;
  readonly #incarnations = new Map<string, number>();
  readonly #latest = new Map<string, Process>();
  readonly #all: Process[] = [];
  readonly #runner = new Process({ id: 'runner', inc: 1 }, undefined);
  readonly #root: Process;
  readonly #steps: Record<string, unknown>[] = [];
  #startReply: Term | undefined = undefined;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#runner.trapsExits = true;
    this.#root = this.cast('root', this.#runner);
  }

  cast(path: string, parent: Process): Process {
    const inc = (this.#incarnations.get(path) ?? 0) + 1;
    this.#incarnations.set(path, inc);
    const process = new Process({ id: path, inc }, parent);
    this.#latest.set(path, process);
    this.#all.push(process);
    return process;
  }

  latest(path: string): Process | undefined {
    return this.#latest.get(path);
  }

  run(): Trace {
    const plan = { id: 'root', sup: this.#scenario.supervisor };
    const root = new Supervisor(this, this.#root, this.#runner, plan);
    this.machine.spawn(this.#root, root.run());
    this.#until(() => this.#hasAnswered());
    this.#finish(0, { op: 'start' }, this.#startReply ?? null, 0);
    this.#scenario.steps.forEach((step, index) => {
      const startMs = this.machine.nowMs;
      this.#finish(index + 1, step, this.#perform(step), startMs);
    });
    this.trace.settle(this.#scenario.steps.length);
    const { name } = this.#scenario;
    const { events, reports } = this.trace;
    return { name, events, reports, steps: this.#steps, final: this.#view() };
  }

  #hasAnswered(): boolean {
    const answer = this.#runner.mailbox.find(({ kind }) => kind === 'started');
    if (answer?.kind === 'started') this.#startReply ??= answer.result;
    return this.#startReply !== undefined;
  }

  #perform(step: Step): Term {
    switch (step.op) {
      case 'wait': {
        this.#pass(step.ms ?? 0);
        return 'ok';
      }
      case 'stop': {
        const { reason = 'shutdown' } = step;
        if (reason === 'kill') this.machine.kill(this.#root);
        else this.machine.signal(this.#root, reason, this.#runner);
        this.#until(() => !this.#root.isAlive);
        return 'ok';
      }
      case 'queued':
        return this.#callAll(step.calls ?? []);
      case 'batch_crash':
        for (const id of step.ids ?? []) this.#leave(id, step.reason ?? 'boom');
        return 'ok';
      case 'kill': {
        const process = this.#latest.get(step.id ?? '');
        if (process !== undefined) this.machine.kill(process);
        return 'ok';
      }
      case 'signal': {
        const process = this.#latest.get(step.id ?? '');
        if (process !== undefined) this.machine.signal(process, step.reason ?? 'boom', STRANGER);
        return 'ok';
      }
    }
    if (CALLS.has(step.op)) return this.#callAll([step])[0] ?? null;
    this.#leave(step.id ?? '', step.reason ?? EXITS.get(step.op) ?? 'boom');
    return 'ok';
  }

  /** It ends before anybody else has a turn, if it is not busy. */
  #leave(path: string, reason: Term): void {
    const process = this.#latest.get(path);
    if (process === undefined || process.roster !== undefined) return;
    this.machine.send(process, { kind: 'leave', reason });
    if (process.isIdle) this.machine.turn(process);
  }

  #callAll(calls: readonly Step[]): Term[] {
    const replies: (Term | undefined)[] = calls.map(() => undefined);
    calls.forEach((step, index) => {
      const host = this.#latest.get(step.sup ?? 'root');
      const reply = (term: Term): void => void (replies[index] ??= term);
      if (host?.isAlive !== true || host.roster === undefined || !host.hasLived)
        reply({ exit: 'noproc' });
      else {
        const target = step.pid_of === undefined ? undefined : this.#latest.get(step.pid_of);
        this.machine.send(host, { kind: 'call', ask: { ...step, target }, reply });
      }
    });
    this.#until(() => replies.every((reply) => reply !== undefined));
    return replies.map((reply) => reply ?? null);
  }

  #finish(index: number, step: Step, reply: Term, startMs: number): void {
    const base = { i: index, op: step.op, reply };
    if (step.settle === false) {
      this.#steps.push({ ...base, settled: false });
      return;
    }
    this.#settle();
    this.trace.settle(index);
    const elapsedMs = this.machine.nowMs - startMs;
    const [loMs, hiMs] = step.expect_ms ?? [0, Infinity];
    const elapsed =
      step.expect_ms === undefined ? {} : { elapsed_ok: elapsedMs >= loMs && elapsedMs <= hiMs };
    this.#steps.push({ ...base, ...this.#view(), ...elapsed });
  }

  #until(isDone: () => boolean): void {
    for (;;) {
      this.machine.runNow();
      if (isDone() || this.machine.nextMs === undefined) return;
      this.machine.advance();
    }
  }

  /** Until nobody is busy and nothing more is due for a while. */
  #settle(): void {
    for (;;) {
      this.machine.runNow();
      const { nextMs, nowMs } = this.machine;
      if (nextMs === undefined) return;
      const isBusy = this.#all.some((process) => process.program !== undefined && !process.isIdle);
      if (nextMs > nowMs + QUIET_MS && !isBusy) return;
      this.machine.advance();
    }
  }

  #pass(forMs: number): void {
    const untilMs = this.machine.nowMs + forMs;
    for (;;) {
      this.machine.runNow();
      const { nextMs } = this.machine;
      if (nextMs === undefined || nextMs > untilMs) break;
      this.machine.advance();
    }
    this.machine.nowMs = untilMs;
  }

  #view(): Record<string, unknown> {
    if (this.#startReply !== 'ok') return { sup: 'not_started' };
    const root = this.#root.roster;
    if (!this.#root.isAlive || root === undefined) return { sup: { exit: this.#root.exit } };
    return { sup: 'alive', children: this.#tree(this.#root), counts: root.counts() };
  }

  #tree(process: Process): Term[] | undefined {
    if (!process.isAlive) return undefined;
    return process.roster?.entries((pid) => this.#tree(pid));
  }
}

const STRANGER = new Process({ id: 'stranger', inc: 1 }, undefined);
