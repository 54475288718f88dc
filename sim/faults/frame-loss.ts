import { type FaultRule, RANK } from '../fault.js';
import type { FrameLossFault } from '../plan.js';
import type { Chance } from './chance.js';
import { isBetween } from './ends.js';
import { frameKindOf } from './frame-kind.js';

/** Loses frames of some kinds, each with a probability; everything else passes. */
export function frameLossRule(id: string, fault: FrameLossFault, chance: Chance): FaultRule {
  const kinds = new Set(fault.frames);
  return {
    id,
    rank: RANK.loses,
    judge(passage) {
      if (passage.bytes === undefined || !isBetween(fault, passage)) return undefined;
      const kind = frameKindOf(passage.bytes);
      if (kind === undefined || !kinds.has(kind)) return undefined;
      return chance.of(passage, 'frame-loss') < fault.probability ? DROP : undefined;
    },
  };
}

const DROP = { kind: 'drop' } as const;
