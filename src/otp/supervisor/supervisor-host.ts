import { unreachable } from '../../base/assert.js';
import { type Deferred, deferred } from '../../base/deferred.js';
import { toError } from '../../base/errors.js';
import {
  type ExitReason,
  type TerminateReason,
  errorOf,
  reasonText,
} from '../../runtime/exit-reason.js';
import { DIAGNOSTICS, type RestartMessage } from '../../runtime/diagnostics.js';
import type { Process, Receiver } from '../../runtime/process.js';
import type { Runtime } from '../../runtime/runtime.js';
import type { CallSignal, Mail, ReplyTo } from '../../runtime/signal.js';
import type { ChildRef, LocalChild, SupervisorRef } from '../child-spec.js';
import { InitializationError } from '../gen-server.js';
import { InvalidOptionError } from '../option.js';
import { shutDown } from '../shutdown.js';
import { type ChildView } from '../supervision/child.js';
import { SupervisionKernel } from '../supervision/kernel.js';
import type { Exit, KernelEffect, Reply, RequestError } from '../supervision/kernel-effect.js';
import type { ExitedEvent, KernelEvent, StopEvent } from '../supervision/kernel-event.js';
import type { KernelOptions } from '../supervision/kernel-options.js';
import { Pump } from '../supervision/pump.js';
import { ChildStartError, MaxRestartsExceededError } from './supervisor-error.js';
import { SupervisorRequest, SupervisorRequestFailure } from './supervisor-request.js';
import type { SupervisorEndReason, SupervisorEvent } from './supervisor-event.js';

/** News that the supervisor has for itself, in its turn behind the mail that waits. */
class News {
  constructor(readonly event: Event) {}
}

type Effect = KernelEffect<LocalChild, ChildRef>;
type Event = KernelEvent<LocalChild, ChildRef>;

export interface HostOptions extends KernelOptions {
  readonly children: readonly LocalChild[];
  readonly tell: (event: SupervisorEvent) => void;
}

/** The process around a supervision kernel whose children are started by functions. */
export class SupervisorHost implements Receiver {
  readonly kernel: SupervisionKernel<LocalChild, ChildRef>;
  readonly ref: SupervisorRef;
  readonly options: HostOptions;
  /** Resolves when every initial child runs; rejects with what kept one from starting. */
  readonly ready: Deferred<SupervisorRef> = deferred();
  /** Why later operations are refused, once the supervisor ended for having restarted too often. */
  exceeded: MaxRestartsExceededError | undefined;

  readonly #runtime: Runtime;
  readonly #pump: Pump<Event, Effect>;
  readonly #callers = new Map<number, ReplyTo>();
  readonly #running = new Map<number, RunningChild>();
  /** Children that ended, by attempt, while the news of it waits in the mailbox. */
  readonly #unheard = new Map<number, ExitedEvent>();
  readonly #unwanted = new Set<number>();
  #tokens = 0;
  #self!: Process;
  #ended: Deferred<void> | undefined;
  #life: 'unannounced' | 'announced' | 'over' = 'unannounced';

  constructor(runtime: Runtime, ref: SupervisorRef, options: HostOptions) {
    this.#runtime = runtime;
    this.ref = ref;
    this.options = options;
    this.kernel = new SupervisionKernel(options);
    const { clock } = runtime.platform;
    this.#pump = new Pump<Event, Effect>(
      this.kernel,
      (effect) => this.#perform(effect),
      () => clock.nowMs(),
    );
  }

  init(self: Process): void {
    this.#self = self;
    this.#pump.feed({ kind: 'start', children: this.options.children });
  }

  receive(mail: Mail): void {
    if (mail.kind === 'call') this.#request(mail);
    else if (mail.kind === 'info' && mail.message instanceof News) this.#hear(mail.message.event);
  }

  /** The kernel stops the children first. It may have ended already, on its own account. */
  terminate(reason: TerminateReason): Promise<void> | void {
    if (this.kernel.phase === 'ended') return;
    this.#ended = deferred();
    const stop: StopEvent = { kind: 'stop', reason: reason === 'normal' ? reason : 'shutdown' };
    this.#pump.feed(stop);
    // The kernel may be waiting for the end of a child whose news came in behind the stop.
    for (const news of [...this.#unheard.values()]) {
      if (this.kernel.child(news.id)?.status === 'stopping') this.#hear(news);
    }
    return this.#ended.promise;
  }

  /**
   * The process is over, in good order or killed: nobody may wait for it any longer. Comes before
   * the news of it goes out, so that what is left of its children ends before others take their
   * names.
   */
  over(reason: ExitReason): void {
    this.#orphanChildren();
    this.#announceEnd('killed');
    this.#refuseCallers();
    this.ready.reject(errorOf(reason));
  }

  #request(mail: CallSignal): void {
    if (!(mail.message instanceof SupervisorRequest)) {
      const expected = 'one of the requests that Supervisor makes';
      mail.from.fail(new InvalidOptionError('the message to a supervisor', expected, mail.message));
      return;
    }
    this.#tokens += 1;
    this.#callers.set(this.#tokens, mail.from);
    this.#pump.feed({ ...mail.message.body, token: this.#tokens });
  }

  #hear(event: Event): void {
    if (event.kind === 'exited') this.#unheard.delete(event.attempt);
    this.#pump.feed(event);
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'start':
        return this.#start(effect.id, effect.attempt, effect.spec);
      case 'stop':
        return this.#stop(effect);
      case 'abandon':
        this.#unwanted.add(effect.attempt);
        return;
      case 'retry':
        return this.#retry(effect);
      case 'ready':
        this.ready.resolve(this.ref);
        this.#life = 'announced';
        this.options.tell({ type: 'supervisor_started', ref: this.ref });
        return;
      case 'reply':
        return this.#reply(effect);
      case 'report':
        this.#runtime.platform.log.info(`supervisor: ${effect.context}`, {
          supervisor: this.ref.id,
          child: effect.id,
          reason: effect.reason,
        });
        return;
      case 'childStarted':
      case 'childRestarted':
      case 'childStopped':
        return this.#tellChild(effect);
      case 'inspected':
        this.#callers.get(effect.token)?.reply(effect.children.map((child) => this.#look(child)));
        this.#callers.delete(effect.token);
        return;
      case 'exit':
        return this.#exit(effect);
      default:
        return unreachable(effect);
    }
  }

  #look(child: ChildSnapshot): InspectedChild {
    return { ...child, hasEnded: !this.#running.has(child.attempt) };
  }

  #retry(effect: Extract<Effect, { kind: 'retry' }>): void {
    const { id, delayMs } = effect;
    const post = (): void => {
      this.#self.post({ kind: 'info', message: new News({ kind: 'retry', id }) });
    };
    if (delayMs === undefined) return post();
    const fire = (): void => {
      this.#runtime.disownTimer(this.#self.id, pause);
      post();
    };
    // It holds Node alive: somebody counts on the restart that it leads to.
    const pause = this.#runtime.platform.timers.after(delayMs, fire, { keepAlive: true });
    this.#runtime.ownTimer(this.#self.id, pause);
  }

  #start(id: string, attempt: number, spec: LocalChild): void {
    // A child may end before it is watched, and would then leave no better reason than `noproc`.
    const reasons = new Map<string, ExitReason>();
    const unlisten = this.#runtime.listenToLives({
      ended: (process, reason) => {
        if (process.hasStarted) reasons.set(process.id, reason);
      },
    });
    const failed = (thrown: unknown): void => {
      unlisten();
      this.#feed({ kind: 'failed', id, attempt, reason: startFailure(thrown) });
    };
    const started = (ref: ChildRef | undefined): void => {
      if (ref === undefined) {
        unlisten();
        this.#feed({ kind: 'ignored', id, attempt });
      } else if (typeof (ref as ChildRef | null)?.id !== 'string') {
        failed(new InvalidOptionError(`what start of child ${id} gives`, 'a ref, { id }', ref));
      } else {
        unlisten();
        this.#adopt(id, attempt, ref, reasons.get(ref.id));
      }
    };
    try {
      const starting = spec.start();
      if (isThenable(starting)) starting.then(started, failed);
      else Promise.resolve(starting).then(started, failed);
    } catch (thrown) {
      // Never from inside the effect: the kernel hears of it as it hears of every other outcome.
      Promise.reject(toError(thrown)).then(started, failed);
    }
  }

  #adopt(id: string, attempt: number, ref: ChildRef, ended: ExitReason | undefined): void {
    if (this.#unwanted.delete(attempt) || !this.#self.alive) {
      this.#orphan(ref);
      return;
    }
    this.#running.set(attempt, { ref, disarm: undefined });
    this.#runtime.adopt(ref.id, this.ref.id);
    // Watched before the kernel hears of it: it may have the child killed at once, and who watches
    // a dead one hears no better reason than `noproc`.
    let early = ended;
    let isKnown = false;
    const listener = (reason: ExitReason): void => {
      if (isKnown) this.#childEnded(id, attempt, reason);
      else early = reason;
    };
    if (ended === undefined) this.#runtime.monitor(this.ref.id, ref, listener);
    this.#feed({ kind: 'started', id, attempt, handle: ref });
    isKnown = true;
    if (early !== undefined) listener(early);
  }

  #childEnded(id: string, attempt: number, reason: ExitReason): void {
    this.#running.get(attempt)?.disarm?.();
    this.#running.delete(attempt);
    const event: ExitedEvent = { kind: 'exited', id, attempt, reason };
    // An end takes its place in the mailbox, behind what was asked before it; once the supervisor
    // itself ends, its mailbox is not read any more.
    if (this.#self.status === 'running') {
      this.#unheard.set(attempt, event);
      this.#self.post({ kind: 'info', message: new News(event) });
    } else {
      this.#feed(event);
    }
  }

  /** News from outside the mailbox. A supervisor that is over decides nothing any more. */
  #feed(event: Event): void {
    if (this.#self.alive) this.#pump.feed(event);
  }

  #stop(effect: Extract<Effect, { kind: 'stop' }>): void {
    const { attempt } = effect;
    const news = this.#unheard.get(attempt);
    if (news !== undefined) {
      // It ended before it could be asked; the mail that says so may never be read.
      this.#hear(news);
      return;
    }
    const child = this.#running.get(attempt);
    const disarm = shutDown(this.#runtime, effect.handle, effect.shutdown);
    // A kill acts at once: the child may be gone by now.
    if (child !== undefined && this.#running.has(attempt)) child.disarm = disarm;
  }

  #reply(effect: Reply<ChildRef>): void {
    const caller = this.#callers.get(effect.token);
    this.#callers.delete(effect.token);
    if (effect.result.ok) caller?.reply(effect.result.handle);
    else caller?.fail(this.#errorFor(effect.result.error));
  }

  #errorFor(error: RequestError<ChildRef>): Error {
    return requestError(this.ref.id, error, this.exceeded);
  }

  #tellChild(
    effect: Extract<Effect, { kind: 'childStarted' | 'childRestarted' | 'childStopped' }>,
  ): void {
    const supervisorId = this.ref.id;
    const childId = effect.id;
    if (effect.kind === 'childStarted') {
      this.options.tell({ type: 'child_started', supervisorId, childId, ref: effect.handle });
    } else if (effect.kind === 'childStopped') {
      const reason = reasonText(effect.reason);
      this.options.tell({ type: 'child_stopped', supervisorId, childId, reason });
    } else {
      const { handle: ref, restartCount: attempt } = effect;
      this.options.tell({ type: 'child_restarted', supervisorId, childId, ref, attempt });
      if (!DIAGNOSTICS.supervisorRestart.hasSubscribers) return;
      const { nodeId } = this.#runtime;
      const restartCount = attempt;
      const message: RestartMessage = { nodeId, supervisorId, childId, id: ref.id, restartCount };
      DIAGNOSTICS.supervisorRestart.publish(message);
    }
  }

  #exit(exit: Exit): void {
    const { maxRestarts, withinMs } = this.options.intensity;
    if (exit.cause === 'max_restarts') {
      this.exceeded = new MaxRestartsExceededError(this.ref.id, maxRestarts, withinMs);
    }
    if (exit.cause === 'start_failed') {
      const { id, failure } = exit.failed;
      const cause = failure.kind === 'failed' ? errorOf(failure.reason) : new Error('held');
      this.ready.reject(new ChildStartError(this.ref.id, id, cause));
    }
    this.#announceEnd(endText(exit));
    this.#refuseCallers();
    if (this.#ended === undefined) this.#self.exit(exit.reason);
    else this.#ended.resolve();
  }

  /** A killed supervisor takes its children with it, as their parent's exit does in Erlang. */
  #orphanChildren(): void {
    for (const child of this.#running.values()) {
      child.disarm?.();
      this.#orphan(child.ref);
    }
    this.#running.clear();
  }

  #orphan(ref: ChildRef): void {
    this.#runtime.router.send(ref, { kind: 'stop', reason: 'killed' });
  }

  #announceEnd(reason: SupervisorEndReason): void {
    const wasAnnounced = this.#life === 'announced';
    this.#life = 'over';
    if (wasAnnounced) this.options.tell({ type: 'supervisor_stopped', ref: this.ref, reason });
  }

  #refuseCallers(): void {
    const callers = [...this.#callers.values()];
    this.#callers.clear();
    for (const caller of callers) caller.fail(this.#errorFor({ kind: 'ended' }));
  }
}

interface RunningChild {
  readonly ref: ChildRef;
  disarm: (() => void) | undefined;
}

/** The typed error for what the kernel refused. */
function requestError(
  supervisorId: string,
  error: RequestError<ChildRef>,
  exceeded: MaxRestartsExceededError | undefined,
): Error {
  return exceeded ?? new SupervisorRequestFailure(supervisorId, error);
}

export type ChildSnapshot = ChildView<LocalChild, ChildRef>;

/** A child as it is when a request's turn comes. */
export interface InspectedChild extends ChildSnapshot {
  /** It does not run any more, whether or not the supervisor has come to the news of it. */
  readonly hasEnded: boolean;
}

function endText(exit: Exit): SupervisorEndReason {
  if (exit.cause === 'max_restarts') return 'max_restarts_exceeded';
  if (exit.cause === 'auto_shutdown') return 'auto_shutdown';
  return exit.reason === 'normal' ? 'normal' : 'shutdown';
}

// The supervisor's own word for a failed init is what the init threw.
function startFailure(thrown: unknown): ExitReason {
  const error = toError(thrown);
  return { error: error instanceof InitializationError ? toError(error.cause) : error };
}

function isThenable(value: unknown): value is Promise<ChildRef | undefined> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function';
}
