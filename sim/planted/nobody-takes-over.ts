import type { Candidacy } from '../../src/distributed/candidacy.js';

export * from '../../src/distributed/candidacy.js';

/** Standbys that all leave a lost supervisor to somebody else. */
export function candidacyFor(): Candidacy {
  return { kind: 'wait' };
}
