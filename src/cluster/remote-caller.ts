import type { NodeId } from '../base/node-id.js';
import type { Clock } from '../platform/platform.js';
import type { ReplyTo } from '../runtime/signal.js';

/** Where the outcome of what another node asked goes. */
export interface CallerDesk {
  answer(caller: RemoteCaller, ok: boolean, value: unknown): void;
  /** Called once, answered or not. */
  done(caller: RemoteCaller): void;
}

/** Which request of which node it is. */
export interface RequestName {
  readonly nodeId: NodeId;
  readonly callId: number;
}

/** A caller on another node, as the process that it called sees it. */
export class RemoteCaller implements ReplyTo {
  onSettled: (() => void) | undefined;
  readonly nodeId: NodeId;
  readonly callId: number;
  readonly #clock: Clock;
  readonly #dueMs: number;
  readonly #desk: CallerDesk;
  #over = false;

  constructor({ nodeId, callId }: RequestName, clock: Clock, dueMs: number, desk: CallerDesk) {
    this.nodeId = nodeId;
    this.callId = callId;
    this.#clock = clock;
    this.#dueMs = dueMs;
    this.#desk = desk;
  }

  /** Also when its patience is over by now: asked just before the call would run, that ends it. */
  get settled(): boolean {
    if (!this.#over && this.#dueMs !== Infinity && this.#clock.nowMs() >= this.#dueMs) {
      this.abandon();
    }
    return this.#over;
  }

  reply(value: unknown): void {
    if (this.#finish()) this.#desk.answer(this, true, value);
  }

  fail(error: unknown): void {
    if (this.#finish()) this.#desk.answer(this, false, error);
  }

  /** Nobody waits any more: there will be no answer. */
  abandon(): void {
    this.#finish();
  }

  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#desk.done(this);
    return true;
  }
}
