/** How long a supervisor pauses before a restart that follows others. Not part of OTP. */
export interface RestartBackoff {
  /** Milliseconds before the second restart in the window of the restart intensity. */
  readonly initialMs: number;
  /** Milliseconds that no pause exceeds. */
  readonly maxMs: number;
  /** By how much each pause is longer than the one before. */
  readonly factor: number;
}

/**
 * Milliseconds before the next restart, when `recent` restarts are still in the window: none
 * before the first, so that a child which fails once in a while is back at once.
 */
export function restartPauseMs(backoff: RestartBackoff | undefined, recent: number): number {
  if (backoff === undefined || recent === 0) return 0;
  return Math.min(backoff.maxMs, backoff.initialMs * backoff.factor ** (recent - 1));
}
