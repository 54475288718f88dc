import * as original from '../../src/otp/supervision/restart-window.js';

export * from '../../src/otp/supervision/restart-window.js';

let originMs: number | undefined;

/** A supervisor that looks at the time of day to tell how long ago its restarts were. */
export const recordRestart: typeof original.recordRestart = (history, limit, nowMs) => {
  originMs ??= Date.now() - nowMs;
  return original.recordRestart(history, limit, Date.now() - originMs);
};
