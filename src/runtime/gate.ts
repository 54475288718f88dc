import { FaultlineError } from '../base/errors.js';

/**
 * Says when a process may act. While it is shut, messages wait in the mailbox, `init` does not
 * begin, and what a handler that was under way tries to send is refused.
 */
export interface Gate {
  /** Asked before every message and every send. */
  isOpen(): boolean;
  /** Wakes `waiter` once, when it has opened; it may be shut again by then. */
  whenOpen(waiter: Waiter): void;
}

export interface Waiter {
  wake(): void;
}

/** What a gate may stand before. */
interface Gated {
  readonly gate: Gate | undefined;
  readonly alive: boolean;
}

/** Resolves once the process may act. Never, if it ends before. */
export async function untilOpen(process: Gated): Promise<void> {
  const { gate } = process;
  while (gate?.isOpen() === false) {
    await new Promise<void>((resolve) => gate.whenOpen({ wake: resolve }));
  }
  if (!process.alive) await new Promise<never>(() => undefined);
}

/** The process must not act now: another one may have taken its place. */
export class LeaseLostError extends FaultlineError {
  static readonly code = 'ERR_LEASE_LOST';
  override readonly name = 'LeaseLostError';
  readonly code = LeaseLostError.code;

  constructor(readonly serverId: string) {
    super(
      `Expected ${serverId} to have a lease, but its node has none now, so it must not send: ` +
        'another incarnation may have its place; let it fail, or wait and try again',
    );
  }
}
