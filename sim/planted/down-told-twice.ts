import type { ExitReason } from '../../src/runtime/exit-reason.js';
import { Monitors as Original } from '../../src/runtime/monitors.js';

export * from '../../src/runtime/monitors.js';

type Watch = Parameters<Original['add']>[1];

/** Monitors that stay outstanding once they were answered: the loss of the node answers again. */
export class Monitors extends Original {
  readonly #held = new Map<string, Watch>();

  override add(monitorId: string, watch: Watch): void {
    this.#held.set(monitorId, watch);
    super.add(monitorId, watch);
  }

  override down(monitorId: string, reason: ExitReason): boolean {
    const watch = this.#held.get(monitorId);
    const answered = super.down(monitorId, reason);
    if (answered && watch !== undefined) super.add(monitorId, watch);
    return answered;
  }
}
