import { GlobalNames as Original, type GlobalNamesEffect } from '../../src/cluster/global-names.js';
import type { NodeIdentity } from '../../src/cluster/handshake-message.js';
import type { NamesDelta } from '../../src/cluster/own-names.js';

export * from '../../src/cluster/global-names.js';

/** A node that, since it has lost another one, hears of names that go, and of none that come. */
export class GlobalNames extends Original {
  #hasLost = false;

  override nodeDown(node: NodeIdentity): readonly GlobalNamesEffect[] {
    this.#hasLost = true;
    return super.nodeDown(node);
  }

  override applyDelta(from: NodeIdentity, delta: NamesDelta): readonly GlobalNamesEffect[] {
    return super.applyDelta(from, this.#hasLost ? { ...delta, added: [] } : delta);
  }
}
