import * as original from '../../src/otp/supervision/strategy.js';

export * from '../../src/otp/supervision/strategy.js';

/** A `rest_for_one` that restarts those before the child that failed as well. */
export const reachOf: typeof original.reachOf = (strategy) =>
  strategy === 'rest_for_one' ? 'all' : original.reachOf(strategy);
