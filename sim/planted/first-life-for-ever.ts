import type { MembershipOptions } from '../../src/cluster/membership-event.js';
import { Membership as Original } from '../../src/cluster/membership.js';
import type { Random } from '../../src/platform/platform.js';

export * from '../../src/cluster/membership.js';

/** A node that says in every life that it is the first one, and is taken for it. */
export class Membership extends Original {
  constructor(options: MembershipOptions, random: Random, nowMs: number) {
    super({ ...options, self: { ...options.self, incarnation: 1n } }, random, nowMs);
  }
}
