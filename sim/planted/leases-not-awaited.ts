import { GivenLeases as Original } from '../../src/distributed/lease.js';

export * from '../../src/distributed/lease.js';

/** An owner that takes every lease for over as soon as it has lost the host. */
export class GivenLeases extends Original {
  override overMs(): number {
    return -Infinity;
  }
}
