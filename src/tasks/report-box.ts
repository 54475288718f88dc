import { deferred, type Deferred } from '../base/deferred.js';
import type { Timers } from '../platform/platform.js';
import type { Receipt, Try } from './protocol.js';
import type { WorkerReport } from './worker-link.js';

/** Sends a report if it can; `acknowledge` may be called late, or never. */
export type SendReport = (report: WorkerReport, acknowledge: (receipt: unknown) => void) => boolean;

/** Keeps what a worker has to report until it is acknowledged, and sends it again until then. */
export class ReportBox {
  readonly #send: SendReport;
  readonly #timers: Timers;
  readonly #kept = new Set<Kept>();
  /** The coordinator acknowledges nothing: what was sent is taken as received. */
  expectsNoReceipts = false;

  constructor(timers: Timers, send: SendReport) {
    this.#timers = timers;
    this.#send = send;
  }

  deliver(report: WorkerReport): Promise<Receipt> {
    const kept = { report, receipt: deferred<Receipt>() };
    this.#kept.add(kept);
    this.#try(kept);
    return kept.receipt.promise;
  }

  /** Sends everything again, oldest first: after a reconnection nobody knows what got through. */
  flush(): void {
    for (const kept of [...this.#kept]) this.#try(kept);
  }

  /** The tries of which something is still to be acknowledged. */
  tries(): readonly Try[] {
    return [...this.#kept].map(({ report }) => report.message);
  }

  /** Resolves when all is acknowledged, or `timeoutMs` later. */
  async drained(timeoutMs: number): Promise<void> {
    const all = [...this.#kept].map(({ receipt }) => receipt.promise);
    if (all.length === 0) return;
    const late = deferred<void>();
    const timer = this.#timers.after(timeoutMs, () => late.resolve(), { keepAlive: true });
    await Promise.race([Promise.all(all), late.promise]);
    timer.cancel();
  }

  /** Whoever still waits is told that it was in vain. */
  close(): void {
    for (const { receipt } of this.#kept) {
      receipt.resolve({ accepted: false, reason: 'the worker closed before it was acknowledged' });
    }
    this.#kept.clear();
  }

  #try(kept: Kept): void {
    const isSent = this.#send(kept.report, (answer) => this.#answered(kept, answer as Receipt));
    if (isSent && this.expectsNoReceipts) this.#answered(kept, { accepted: true });
  }

  #answered(kept: Kept, receipt: Receipt): void {
    if (!this.#kept.has(kept)) return;
    if (receipt.isTemporary === true) {
      this.#timers.after(RETRY_MS, () => this.#kept.has(kept) && this.#try(kept));
      return;
    }
    this.#kept.delete(kept);
    kept.receipt.resolve(receipt);
  }
}

interface Kept {
  readonly report: WorkerReport;
  readonly receipt: Deferred<Receipt>;
}

const RETRY_MS = 500;
