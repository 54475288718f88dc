import type { FailedStart, Reply } from '../otp/supervision/kernel-effect.js';
import type { ReplyTo } from '../runtime/signal.js';
import type { ChildHandle } from './distributed-child.js';
import { type FailedChild, type Held, requestError, startError } from './request-failure.js';

/** Who asked a supervisor for what, and what each of them is told in the end. */
export class RequestDesk {
  readonly #supervisorId: string;
  readonly #callers = new Map<number, { from: Caller; childId: string }>();
  readonly #held = new Map<string, Held>();
  #tokens = 0;

  constructor(supervisorId: string) {
    this.#supervisorId = supervisorId;
  }

  /** Notes who waits for the answer to a request about a child, and numbers it. */
  admit(from: Caller, childId: string): number {
    this.#tokens += 1;
    this.#callers.set(this.#tokens, { from, childId });
    return this.#tokens;
  }

  /** `ending` is why the supervisor itself ends, where that is what the caller has to know. */
  reply({ token, result }: Reply<ChildHandle>, ending: Error | undefined): void {
    const caller = this.#take(token);
    if (caller === undefined) return;
    const { from, childId } = caller;
    if (result.ok) from.reply(result.handle?.ref);
    else from.fail(ending ?? requestError(this.#blame(childId), result.error));
  }

  /** Answers a request that was no business of the kernel. */
  answer(token: number, value: unknown): void {
    this.#take(token)?.from.reply(value);
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

  #take(token: number): { from: Caller; childId: string } | undefined {
    const caller = this.#callers.get(token);
    this.#callers.delete(token);
    return caller;
  }

  #blame(childId: string): FailedChild {
    const held = this.#held.get(childId);
    this.#held.delete(childId);
    return { supervisorId: this.#supervisorId, childId, held };
  }
}

type Caller = Pick<ReplyTo, 'reply' | 'fail'>;
