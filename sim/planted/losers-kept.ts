import { GlobalNames as Original, type GlobalNamesEffect } from '../../src/cluster/global-names.js';
import type { NodeIdentity } from '../../src/cluster/handshake-message.js';
import type { NamesDelta, NamesList } from '../../src/cluster/own-names.js';

export * from '../../src/cluster/global-names.js';

/** A node that lets a process live on, and know nothing, after its name was lost to another. */
export class GlobalNames extends Original {
  override applyList(from: NodeIdentity, list: NamesList): readonly GlobalNamesEffect[] {
    return kept(super.applyList(from, list));
  }

  override applyDelta(from: NodeIdentity, delta: NamesDelta): readonly GlobalNamesEffect[] {
    return kept(super.applyDelta(from, delta));
  }
}

function kept(effects: readonly GlobalNamesEffect[]): readonly GlobalNamesEffect[] {
  return effects.filter((effect) => effect.kind !== 'lost');
}
