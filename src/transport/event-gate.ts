import { toError } from '../base/errors.js';
import type { Log } from '../platform/platform.js';
import type { CloseReason, LinkEvents } from '../platform/transport.js';

/**
 * The one place where a link's events leave a transport. It lets through only what spells
 * `open? frame* close`, and keeps a throwing handler from reaching the transport.
 */
export class EventGate {
  readonly #log: Log;
  readonly #onThrow: () => void;
  #events: LinkEvents | undefined;
  #phase: 'shut' | 'open' | 'closed' = 'shut';

  /** `onThrow` is called after a handler other than `onClose` threw: the link has to end. */
  constructor(log: Log, onThrow: () => void) {
    this.#log = log;
    this.#onThrow = onThrow;
  }

  /** Says who listens. What happens before is not told. */
  attach(events: LinkEvents): void {
    this.#events = events;
  }

  open(): void {
    if (this.#phase !== 'shut') return;
    this.#phase = 'open';
    try {
      this.#events?.onOpen?.();
    } catch (thrown) {
      this.#report('onOpen', thrown);
    }
  }

  frame(frame: Uint8Array): void {
    if (this.#phase !== 'open') return;
    try {
      this.#events?.onFrame(frame);
    } catch (thrown) {
      this.#report('onFrame', thrown);
    }
  }

  drain(): void {
    if (this.#phase !== 'open') return;
    try {
      this.#events?.onDrain?.();
    } catch (thrown) {
      this.#report('onDrain', thrown);
    }
  }

  close(reason: CloseReason): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    try {
      this.#events?.onClose(reason);
    } catch (thrown) {
      this.#log.error('a link handler threw', { event: 'onClose', error: toError(thrown) });
    }
  }

  #report(event: string, thrown: unknown): void {
    this.#log.error('a link handler threw; its link ends', { event, error: toError(thrown) });
    this.#onThrow();
  }
}
