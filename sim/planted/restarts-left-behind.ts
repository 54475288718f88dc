import { legacyOf as original } from '../../src/distributed/legacy.js';

export * from '../../src/distributed/legacy.js';

/** A supervisor that begins with a clean slate wherever it goes on. */
export function legacyOf(...args: Parameters<typeof original>): ReturnType<typeof original> {
  const legacy = original(...args);
  return { ...legacy, memory: { ...legacy.memory, restartAgesMs: [] } };
}
