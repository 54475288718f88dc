import * as original from '../../src/otp/supervision/restart-type.js';

export * from '../../src/otp/supervision/restart-type.js';

/** A supervisor that starts every child again, whatever was said of it. */
export const verdictOnExit: typeof original.verdictOnExit = (policy, reason, rules) =>
  original.verdictOnExit({ ...policy, restart: 'permanent' }, reason, rules);
