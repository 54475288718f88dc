import { GlobalNames as Original, type GlobalNamesEffect } from '../../src/cluster/global-names.js';

export * from '../../src/cluster/global-names.js';

/** A node that goes on giving out the names of a node that it has declared down. */
export class GlobalNames extends Original {
  override nodeDown(): readonly GlobalNamesEffect[] {
    return [];
  }
}
