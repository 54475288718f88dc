import * as original from '../../src/otp/supervision/strategy.js';

export * from '../../src/otp/supervision/strategy.js';

/** A `rest_for_one` that restarts the child that failed, and leaves those after it running. */
export const reachOf: typeof original.reachOf = (strategy) =>
  strategy === 'rest_for_one' ? 'broken' : original.reachOf(strategy);
