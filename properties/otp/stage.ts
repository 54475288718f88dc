import type { LogFields, Timer } from '../../src/platform/platform.js';
import type { VirtualPlatform } from '../../src/platform/virtual-platform.js';
import type { ExitReason } from '../../src/runtime/exit-reason.js';
import type { ProbeEvent } from '../../src/runtime/probe.js';
import type { Process } from '../../src/runtime/process.js';
import { Runtime } from '../../src/runtime/runtime.js';
import { Actor } from './actor.js';
import { exitTerm } from './error-term.js';
import type { ScenarioChild } from './scenario.js';
import { TraceRecorder, UNSETTLED, type TraceEvent } from './trace.js';

/** What is planned for one moment. */
interface Instant {
  readonly acts: Set<() => void>;
  readonly timer: Timer;
}

/** All processes of one scenario on one runtime, and the trace that they leave. */
export class Stage {
  readonly trace = new TraceRecorder();
  readonly runtime: Runtime;
  readonly platform: VirtualPlatform;
  readonly #incarnations = new Map<string, number>();
  readonly #latest = new Map<string, Actor>();
  readonly #byId = new Map<string, Actor>();
  readonly #byEvent = new Map<TraceEvent, Actor>();
  readonly #instants = new Map<number, Instant>();
  #entering: Actor | undefined = undefined;
  #startsUnderWay = 0;

  constructor(platform: VirtualPlatform) {
    this.platform = platform;
    this.runtime = new Runtime(platform);
    this.runtime.probe = (event) => this.#observe(event);
  }

  /** The next incarnation of the process at `path`. */
  cast(path: string, plan: ScenarioChild, parent: string | undefined): Actor {
    const inc = (this.#incarnations.get(path) ?? 0) + 1;
    this.#incarnations.set(path, inc);
    const actor = new Actor({ id: path, inc }, plan, parent);
    this.#latest.set(path, actor);
    return actor;
  }

  latest(path: string): Actor | undefined {
    return this.#latest.get(path);
  }

  /** Who plays the process with this id. */
  actorOf(id: string): Actor | undefined {
    return this.#byId.get(id);
  }

  processOf(actor: Actor | undefined): Process | undefined {
    return actor?.ref === undefined ? undefined : this.runtime.processes.get(actor.ref.id);
  }

  /** Runs `spawn`; the process that it spawns at once is `actor`'s. */
  enter<T>(actor: Actor, spawn: () => T): T {
    this.#entering = actor;
    try {
      return spawn();
    } finally {
      this.#entering = undefined;
    }
  }

  /** Runs the start function of a child; until it is through, the system is busy. */
  async starting<T>(start: () => Promise<T>): Promise<T> {
    this.#startsUnderWay += 1;
    try {
      return await start();
    } finally {
      this.#startsUnderWay -= 1;
    }
  }

  /**
   * Runs `act` after a while; returns what calls it off. All that is planned for one instant
   * happens before anybody hears of it, as when a machine's clock ticks.
   */
  plan(delayMs: number, act: () => void): () => void {
    const { clock, timers } = this.platform;
    const atMs = clock.nowMs() + delayMs;
    let instant = this.#instants.get(atMs);
    if (instant === undefined) {
      const acts = new Set<() => void>();
      const timer = timers.after(delayMs, () => {
        this.#instants.delete(atMs);
        for (const one of acts) one();
      });
      instant = { acts, timer };
      this.#instants.set(atMs, instant);
    }
    const { acts, timer } = instant;
    acts.add(act);
    return () => {
      acts.delete(act);
      if (acts.size > 0) return;
      timer.cancel();
      if (this.#instants.get(atMs)?.acts === acts) this.#instants.delete(atMs);
    };
  }

  get isBusy(): boolean {
    if (this.#startsUnderWay > 0) return true;
    return [...this.runtime.processes].some(({ status }) => status !== 'running');
  }

  event(actor: Actor, ev: TraceEvent['ev'], reason?: TraceEvent['reason']): void {
    const event = this.trace.event(ev, actor.name, reason);
    if (!actor.leaves) this.#byEvent.set(event, actor);
  }

  /** A supervisor's report, as it is logged. */
  report(fields: LogFields, context: string): void {
    const sup = this.actorOf(String(fields['supervisor']));
    const child =
      sup?.isSimpleSupervisor === true ? sup.plan.sup?.children[0]?.id : fields['child'];
    const reason = exitTerm(fields['reason'] as ExitReason);
    this.trace.report({ child: String(child), context, reason, sup: sup?.name.id ?? '' });
  }

  #observe(event: ProbeEvent): void {
    if (event.kind === 'spawned' && this.#entering !== undefined) {
      this.#entering.ref = { id: event.id };
      this.#entering.isAlive = true;
      this.#byId.set(event.id, this.#entering);
      this.#entering = undefined;
    }
    if (event.kind === 'exited') {
      const actor = this.#byId.get(event.id);
      if (actor !== undefined) this.#ended(actor, event.reason);
    }
  }

  #ended(actor: Actor, reason: ExitReason): void {
    if (actor.isSimpleSupervisor) this.#sortStops(actor);
    actor.isAlive = false;
    actor.exit = exitTerm(reason);
    if (actor.hasLived) this.event(actor, 'exit', actor.exit);
    for (const run of actor.onExit) run();
  }

  /** Children that are stopped side by side end in no order: by name is as good as any. */
  #sortStops(supervisor: Actor): void {
    const { events } = this.trace;
    let mark = events.length;
    for (let at = events.length - 1; at >= 0; at--) {
      const event = events[at];
      if (event?.step !== UNSETTLED || !this.#isChildEvent(event, supervisor)) break;
      if (this.#byEvent.has(event)) mark = at;
    }
    this.trace.sortSince(mark);
  }

  #isChildEvent(event: TraceEvent, supervisor: Actor): boolean {
    if (event.ev !== 'terminate' && event.ev !== 'exit') return false;
    return this.#latest.get(event.id)?.parent === supervisor.name.id;
  }
}
