import { deferred, type Deferred } from '../base/deferred.js';
import { toError } from '../base/errors.js';
import type { Timers } from '../platform/platform.js';
import type { Receipt, Try } from './protocol.js';
import type { WorkerReport } from './worker-link.js';

/**
 * Sends a report if it can; `acknowledge` may be called late, or never. Throws when the report
 * never can be sent, as what cannot be put into words.
 */
export type SendReport = (report: WorkerReport, acknowledge: (receipt: unknown) => void) => boolean;

/** What became of a report. */
export interface Delivery {
  readonly receipt: Receipt;
  /** As it was sent last. */
  readonly report: WorkerReport;
  /** Why it could not be sent; that its try failed was reported in its place. */
  readonly unsent?: string;
}

/** Keeps what a worker has to report until it is acknowledged, and sends it again until then. */
export class ReportBox {
  readonly #send: SendReport;
  readonly #timers: Timers;
  readonly #kept = new Set<Kept>();
  #isClosed = false;
  /** The coordinator acknowledges nothing: what was sent is taken as received. */
  expectsNoReceipts = false;

  constructor(timers: Timers, send: SendReport) {
    this.#timers = timers;
    this.#send = send;
  }

  deliver(report: WorkerReport): Promise<Delivery> {
    const kept: Kept = { report, unsent: undefined, delivery: deferred() };
    if (this.#isClosed) {
      this.#settle(kept, CLOSED);
    } else {
      this.#kept.add(kept);
      this.#try(kept);
    }
    return kept.delivery.promise;
  }

  /**
   * Sends everything again, oldest first: after a reconnection nobody knows what got through. It
   * asks for no next task any more, as a worker that is connected anew asks by itself.
   */
  flush(): void {
    for (const kept of [...this.#kept]) {
      kept.report = withoutRequest(kept.report);
      this.#try(kept);
    }
  }

  /** The tries of which something is still to be acknowledged. */
  tries(): readonly Try[] {
    return [...this.#kept].map(({ report }) => report.message);
  }

  /** Resolves when all is acknowledged, or `timeoutMs` later. */
  async drained(timeoutMs: number): Promise<void> {
    const all = [...this.#kept].map(({ delivery }) => delivery.promise);
    if (all.length === 0) return;
    const late = deferred<void>();
    const timer = this.#timers.after(timeoutMs, () => late.resolve(), { keepAlive: true });
    await Promise.race([Promise.all(all), late.promise]);
    timer.cancel();
  }

  /** Whoever still waits, or comes later, is told that it was in vain. */
  close(): void {
    this.#isClosed = true;
    for (const kept of this.#kept) this.#settle(kept, CLOSED);
  }

  #try(kept: Kept): void {
    let isSent: boolean;
    try {
      isSent = this.#send(kept.report, (answer) => this.#answered(kept, receiptOf(answer)));
    } catch (error) {
      this.#cannotSend(kept, error);
      return;
    }
    if (isSent && this.expectsNoReceipts) this.#answered(kept, ACCEPTED);
  }

  // It would fail each time; the coordinator is told that, and another try may give something else.
  #cannotSend(kept: Kept, thrown: unknown): void {
    const error = `what it gave cannot be sent: ${whyNot(toError(thrown))}`;
    if (kept.unsent !== undefined) {
      this.#settle(kept, { accepted: false, reason: error });
      return;
    }
    kept.unsent = error;
    kept.report = failureOf(kept.report, error);
    this.#try(kept);
  }

  #answered(kept: Kept, receipt: Receipt): void {
    if (!this.#kept.has(kept)) return;
    if (receipt.isTemporary === true) {
      this.#timers.after(RETRY_MS, () => this.#kept.has(kept) && this.#try(kept));
      return;
    }
    this.#settle(kept, receipt);
  }

  #settle(kept: Kept, receipt: Receipt): void {
    const { report, unsent, delivery } = kept;
    this.#kept.delete(kept);
    delivery.resolve(unsent === undefined ? { receipt, report } : { receipt, report, unsent });
  }
}

interface Kept {
  report: WorkerReport;
  unsent: string | undefined;
  readonly delivery: Deferred<Delivery>;
}

// A coordinator of the bare contract may acknowledge with a word of its own, or without any.
function receiptOf(answer: unknown): Receipt {
  if (typeof answer !== 'object' || answer === null) return ACCEPTED;
  const receipt = answer as Receipt;
  return typeof receipt.accepted === 'boolean' ? receipt : ACCEPTED;
}

function failureOf({ message }: WorkerReport, error: string): WorkerReport {
  const { taskId } = message;
  const attempt = message.attempt === undefined ? {} : { attempt: message.attempt };
  const asks = 'wantsNext' in message && message.wantsNext ? { wantsNext: true } : {};
  return { event: 'taskFailed', message: { taskId, error, ...attempt, ...asks } };
}

function withoutRequest(report: WorkerReport): WorkerReport {
  const { message } = report;
  if (!('wantsNext' in message)) return report;
  return { ...report, message: { ...message, wantsNext: false } } as WorkerReport;
}

// What goes round in circles is met as a stack that is full.
function whyNot({ message }: Error): string {
  return message.includes('call stack') ? 'it contains itself, or is nested too deeply' : message;
}

const ACCEPTED: Receipt = { accepted: true };
const CLOSED: Receipt = {
  accepted: false,
  reason: 'the worker closed before it was acknowledged',
};
const RETRY_MS = 500;
