import type { Platform } from '../platform/platform.js';
import type { CloseReason, Link, LinkEvents } from '../platform/transport.js';
import { EventGate } from './event-gate.js';

/** A dial that cannot succeed. It ends soon, for `reason`, and never opens. */
export class FailedLink implements Link {
  #reason: CloseReason;

  constructor(
    { timers, log }: Pick<Platform, 'timers' | 'log'>,
    events: LinkEvents,
    reason: CloseReason,
  ) {
    this.#reason = reason;
    const gate = new EventGate(log, () => undefined);
    gate.attach(events);
    timers.after(
      0,
      () => {
        gate.close(this.#reason);
      },
      { keepAlive: true },
    );
  }

  send(): boolean {
    return false;
  }

  close(): void {
    this.#reason = 'closed-here';
  }
}
