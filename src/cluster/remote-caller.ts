import type { NodeId } from '../base/node-id.js';
import type { Clock } from '../platform/platform.js';
import type { ReplyTo } from '../runtime/signal.js';

export interface CallerHooks {
  answer(ok: boolean, value: unknown): void;
  /** Called once, answered or not. */
  done(): void;
}

/** A caller on another node, as the process that it called sees it. */
export class RemoteCaller implements ReplyTo {
  onSettled: (() => void) | undefined;
  readonly nodeId: NodeId;
  readonly #clock: Clock;
  readonly #dueMs: number;
  readonly #hooks: CallerHooks;
  #over = false;

  constructor(nodeId: NodeId, clock: Clock, dueMs: number, hooks: CallerHooks) {
    this.nodeId = nodeId;
    this.#clock = clock;
    this.#dueMs = dueMs;
    this.#hooks = hooks;
  }

  /** Also when its patience is over by now: asked just before the call would run, that ends it. */
  get settled(): boolean {
    if (!this.#over && this.#clock.nowMs() >= this.#dueMs) this.abandon();
    return this.#over;
  }

  reply(value: unknown): void {
    if (this.#finish()) this.#hooks.answer(true, value);
  }

  fail(error: unknown): void {
    if (this.#finish()) this.#hooks.answer(false, error);
  }

  /** Nobody waits any more: there will be no answer. */
  abandon(): void {
    this.#finish();
  }

  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#hooks.done();
    return true;
  }
}
