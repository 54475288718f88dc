import {
  GlobalNames as Original,
  type GlobalNamesOptions,
} from '../../src/cluster/global-names.js';

export * from '../../src/cluster/global-names.js';

/** A node that lets a process live on after its name was lost to another. */
export class GlobalNames extends Original {
  constructor(options: GlobalNamesOptions) {
    super({ ...options, losers: 'kept' });
  }
}
