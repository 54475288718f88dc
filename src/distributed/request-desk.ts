import type { FailedStart, Reply } from '../otp/supervision/kernel-effect.js';
import type { Request } from '../otp/supervision/kernel-event.js';
import type { CallSignal, ReplyTo } from '../runtime/signal.js';
import type { ChildHandle, PlacedSpec } from './distributed-child.js';
import { DistributedSupervisorError } from './distributed-error.js';
import { type FailedChild, type Held, requestError, startError } from './request-failure.js';

export type DistributedRequest = WithoutToken<Exclude<Request<PlacedSpec>, { kind: 'inspect' }>>;

type WithoutToken<R> = R extends unknown ? Omit<R, 'token'> : never;

/**
 * A request as it lies in the supervisor's mailbox. Anybody can send a message to a process; only
 * what comes wrapped in this was checked.
 */
export class SupervisorOrder {
  constructor(readonly request: DistributedRequest) {}
}

/** Who asked a supervisor for what, and what each of them is told in the end. */
export class RequestDesk {
  readonly #supervisorId: string;
  readonly #callers = new Map<number, { from: ReplyTo; childId: string }>();
  readonly #held = new Map<string, Held>();
  #tokens = 0;

  constructor(supervisorId: string) {
    this.#supervisorId = supervisorId;
  }

  /** The request in a call, for the kernel; `undefined` when there was none, and it was refused. */
  take({ message, from }: CallSignal): Request<PlacedSpec> | undefined {
    if (!(message instanceof SupervisorOrder)) {
      const why = 'it takes no calls; use the functions of DistributedSupervisor';
      from.fail(new DistributedSupervisorError(this.#supervisorId, why));
      return undefined;
    }
    const { request } = message;
    const childId = request.kind === 'startChild' ? request.spec.id : request.id;
    this.#tokens += 1;
    this.#callers.set(this.#tokens, { from, childId });
    return { ...request, token: this.#tokens };
  }

  /** `ending` is why the supervisor itself ends, where that is what the caller has to know. */
  reply({ token, result }: Reply<ChildHandle>, ending: Error | undefined): void {
    const caller = this.#callers.get(token);
    this.#callers.delete(token);
    if (caller === undefined) return;
    const { from, childId } = caller;
    if (result.ok) from.reply(result.handle?.ref);
    else from.fail(ending ?? requestError(this.#blame(childId), result.error));
  }

  /** Notes what kept a child from every node; `undefined` once it found one. */
  noteHeld(childId: string, held: Held | undefined): void {
    if (held === undefined) this.#held.delete(childId);
    else this.#held.set(childId, held);
  }

  /** Why the supervisor could not start. */
  startError({ id, failure }: FailedStart): Error {
    return startError(this.#blame(id), failure);
  }

  /** Nobody who still waits will get what he asked for. */
  close(ending: Error | undefined): void {
    for (const { from, childId } of this.#callers.values()) {
      from.fail(ending ?? requestError(this.#blame(childId), { kind: 'ended' }));
    }
    this.#callers.clear();
  }

  #blame(childId: string): FailedChild {
    const held = this.#held.get(childId);
    this.#held.delete(childId);
    return { supervisorId: this.#supervisorId, childId, held };
  }
}
