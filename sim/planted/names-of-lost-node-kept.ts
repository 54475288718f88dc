import { GlobalNames as Original, type GlobalNamesEffect } from '../../src/cluster/global-names.js';

export * from '../../src/cluster/global-names.js';

/** A node that keeps the names of a node which it has given up. */
export class GlobalNames extends Original {
  override nodeDown(): readonly GlobalNamesEffect[] {
    return [];
  }
}
