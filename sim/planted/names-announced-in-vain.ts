import {
  GlobalNames as Original,
  type GlobalNamesEffect,
  type NamesDelta,
} from '../../src/cluster/global-names.js';
import type { NodeIdentity } from '../../src/cluster/handshake-message.js';

export * from '../../src/cluster/global-names.js';

/** A node that hears of names that go, and never of names that come. */
export class GlobalNames extends Original {
  override applyDelta(from: NodeIdentity, delta: NamesDelta): readonly GlobalNamesEffect[] {
    return super.applyDelta(from, { ...delta, added: [] });
  }
}
