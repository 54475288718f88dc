import { checkCount, checkDelayMs, InvalidOptionError } from '../otp/option.js';

/** How long tasks may take, how often they are tried, and how many are kept. */
export interface LedgerOptions {
  /** A try that was not renewed for so long is lost; 30,000 by default. */
  readonly leaseMs?: number;
  /** How often a task that failed is tried again; 3 by default. */
  readonly retriesMax?: number;
  /** A task that was lost with its worker more often is a dead letter; 10 by default. */
  readonly lossesMax?: number;
  /** The pause before the first retry; it doubles with every further one. 1000 by default. */
  readonly backoffMs?: number;
  /** No pause is longer; 60,000 by default. */
  readonly backoffMaxMs?: number;
  /** More tasks than these may not wait at a time: adding is refused. 100,000 by default. */
  readonly pendingMax?: number;
  /** Finished tasks that are remembered; the oldest are forgotten. 100,000 by default. */
  readonly finishedMax?: number;
}

/** The options with everything said. */
export type LedgerLimits = Readonly<Required<LedgerOptions>>;

/** What holds when nothing is said. */
export const LEDGER_DEFAULTS: LedgerLimits = {
  leaseMs: 30_000,
  retriesMax: 3,
  lossesMax: 10,
  backoffMs: 1000,
  backoffMaxMs: 60_000,
  pendingMax: 100_000,
  finishedMax: 100_000,
};

export function ledgerLimits(options: LedgerOptions): LedgerLimits {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const limits: LedgerLimits = { ...LEDGER_DEFAULTS, ...Object.fromEntries(given) };
  if (checkDelayMs('leaseMs', limits.leaseMs) === 0) {
    throw new InvalidOptionError('leaseMs', 'more than 0 milliseconds', limits.leaseMs);
  }
  checkCount('retriesMax', limits.retriesMax, 0);
  checkCount('lossesMax', limits.lossesMax, 0);
  checkDelayMs('backoffMs', limits.backoffMs);
  checkDelayMs('backoffMaxMs', limits.backoffMaxMs);
  checkCount('pendingMax', limits.pendingMax, 1);
  checkCount('finishedMax', limits.finishedMax, 0);
  return limits;
}

/** The pause after a task has failed for the `failures`th time. */
export function retryDelayMs(
  { backoffMs, backoffMaxMs }: Pick<LedgerLimits, 'backoffMs' | 'backoffMaxMs'>,
  failures: number,
): number {
  // The power grows beyond all numbers, and no multiple of that is 0.
  if (backoffMs === 0) return 0;
  return Math.min(backoffMs * 2 ** (failures - 1), backoffMaxMs);
}
