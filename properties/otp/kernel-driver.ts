import type { KernelHost } from './kernel-host.js';
import type { Process } from './process.js';
import { CALLS, EXITS, QUIET_MS, type Scenario, type Step } from './scenario.js';
import * as snapshot from './snapshot.js';
import type { Term } from './term.js';
import type { Trace } from './trace.js';
import { World } from './world.js';

/** Runs one scenario against the supervision kernel, in virtual time. */
export function runScenario(scenario: Scenario): Trace {
  return new ScenarioRun(scenario).run();
}

class ScenarioRun {
  readonly #world = new World();
  readonly #scenario: Scenario;
  readonly #root: KernelHost;
  readonly #steps: Record<string, unknown>[] = [];
  #sup: Term = 'not_started';
  #startReply: Term | undefined = undefined;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    const plan = { id: 'root', sup: scenario.supervisor };
    this.#root = this.#world.spawn('root', plan, {
      onStarted: () => {
        this.#startReply = 'ok';
        if (this.#sup === 'not_started') this.#sup = 'alive';
      },
      onIgnored: () => (this.#startReply = 'ignore'),
      onFailed: (reason) => (this.#startReply = { error: reason }),
      onExit: (reason) => (this.#sup = { exit: reason }),
    }) as KernelHost;
  }

  run(): Trace {
    this.#root.start();
    this.#until(() => this.#startReply !== undefined);
    this.#finish(0, { op: 'start' }, this.#startReply ?? null, 0);
    this.#scenario.steps.forEach((step, index) => this.#step(step, index + 1));
    const { events, reports } = this.#world.trace;
    this.#world.trace.settle(this.#scenario.steps.length);
    const { name } = this.#scenario;
    return { name, events, reports, steps: this.#steps, final: this.#view() };
  }

  #step(step: Step, index: number): void {
    const startMs = this.#world.timeline.nowMs;
    const reply = this.#perform(step);
    this.#finish(index, step, reply, startMs);
  }

  #finish(index: number, step: Step, reply: Term, startMs: number): void {
    const { timeline, trace } = this.#world;
    const base = { i: index, op: step.op, reply };
    if (step.settle === false) {
      this.#steps.push({ ...base, settled: false });
      return;
    }
    this.#settle();
    trace.settle(index);
    const elapsedMs = timeline.nowMs - startMs;
    const [loMs, hiMs] = step.expect_ms ?? [0, Infinity];
    const elapsed =
      step.expect_ms === undefined ? {} : { elapsed_ok: elapsedMs >= loMs && elapsedMs <= hiMs };
    this.#steps.push({ ...base, ...this.#view(), ...elapsed });
  }

  #perform(step: Step): Term {
    const { timeline } = this.#world;
    switch (step.op) {
      case 'wait':
        timeline.advanceTo(timeline.nowMs + (step.ms ?? 0));
        return 'ok';
      case 'align':
        timeline.advanceTo(Math.ceil((timeline.nowMs + 1) / 1000) * 1000);
        return 'ok';
      case 'stop':
        return this.#stop(step);
      case 'queued':
        return this.#call(step.calls ?? []);
      case 'batch_crash':
        for (const id of step.ids ?? []) this.#process(step, id)?.exit(step.reason ?? 'boom');
        return 'ok';
      case 'kill':
        this.#process(step, step.id)?.kill();
        return 'ok';
      case 'signal':
        this.#process(step, step.id)?.signal(step.reason ?? 'boom');
        return 'ok';
    }
    if (CALLS.has(step.op)) return this.#call([step])[0] ?? null;
    this.#process(step, step.id)?.exit(step.reason ?? EXITS.get(step.op) ?? 'boom');
    return 'ok';
  }

  #call(calls: readonly Step[]): Term[] {
    const replies: (Term | undefined)[] = calls.map(() => undefined);
    calls.forEach((call, index) => {
      if (CALLS.has(call.op)) {
        const host = this.#world.host(call.sup ?? 'root');
        if (host === undefined) replies[index] = { exit: 'noproc' };
        else host.call(call, (term) => (replies[index] = term));
      } else {
        replies[index] = this.#perform(call);
      }
    });
    this.#until(() => replies.every((reply) => reply !== undefined));
    return replies.map((reply) => reply ?? null);
  }

  #stop(step: Step): Term {
    const host = this.#world.host(step.sup ?? 'root');
    host?.orphaned(step.reason ?? 'shutdown');
    this.#until(() => host?.isAlive !== true);
    return 'ok';
  }

  #process(step: Step, id = ''): Process | undefined {
    const inner = step.sup === undefined ? undefined : this.#world.latest(`${step.sup}/${id}`);
    return this.#world.latest(id) ?? inner;
  }

  #until(isDone: () => boolean): void {
    const { timeline } = this.#world;
    while (!isDone() && timeline.nextMs !== undefined) timeline.step();
  }

  #settle(): void {
    const { timeline } = this.#world;
    for (;;) {
      const { nextMs } = timeline;
      if (nextMs === undefined) return;
      if (nextMs > timeline.nowMs + QUIET_MS && !this.#world.isBusy) return;
      timeline.step();
    }
  }

  #view(): Record<string, unknown> {
    if (this.#sup !== 'alive') return { sup: this.#sup };
    const children = this.#root.children();
    return {
      sup: 'alive',
      children: snapshot.tree(this.#root, children, (process) => this.#below(process)),
      counts: snapshot.countChildren(this.#root, children),
    };
  }

  #below(process: snapshot.Named): Term[] | undefined {
    const host = this.#world.host(process.name.id);
    if (host === undefined) return undefined;
    return snapshot.tree(host, host.children(), (inner) => this.#below(inner));
  }
}
