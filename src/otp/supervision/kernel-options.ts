import type { AutoShutdown } from './child-policy.js';
import type { RestartBackoff } from './restart-backoff.js';
import { recordRestart, type RestartIntensity } from './restart-window.js';
import { reachOf, type Strategy } from './strategy.js';

/**
 * How the host runs its children.
 *
 * - `serial`: one thing at a time, as in Erlang. While a child starts or stops, everything else
 *   waits in the inbox.
 * - `concurrent`: ends and losses are acted on at once, also in the middle of a group restart, and
 *   independent children start side by side.
 */
export type Hosting = 'serial' | 'concurrent';

export interface KernelOptions {
  readonly strategy: Strategy;
  readonly intensity: RestartIntensity;
  readonly autoShutdown: AutoShutdown;
  /**
   * Erlang to the letter. Otherwise a child that is terminated on request is forgotten at once, and
   * a significant permanent child that ends on purpose counts for the auto-shutdown.
   */
  readonly strict: boolean;
  readonly hosting: Hosting;
  /** Pauses before restarts that follow others; for `serial` hosting. None by default. */
  readonly backoff?: RestartBackoff | undefined;
}

/** The decisions that bear the promises on intensity and order. */
export interface KernelDecisions {
  readonly recordRestart: typeof recordRestart;
  readonly reachOf: typeof reachOf;
}

export const kernelDecisions: KernelDecisions = { recordRestart, reachOf };
