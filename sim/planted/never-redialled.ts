import type * as original from '../../src/cluster/backoff.js';

export * from '../../src/cluster/backoff.js';

/** A node whose pause before it dials a lost one again has no end worth waiting for. */
export const backoffDelayMs: typeof original.backoffDelayMs = () => 1_000_000_000;
