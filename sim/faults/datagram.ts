import { type FaultRule, type Passage, RANK, type Verdict } from '../fault.js';
import type { DatagramFault } from '../plan.js';
import type { Chance } from './chance.js';
import { isBetween } from './ends.js';

/**
 * Treats frames as a network without TCP would. One thing at most happens to a frame; it is tried
 * whether it is lost, then corrupted, doubled, and reordered.
 */
export function datagramRule(id: string, fault: DatagramFault, chance: Chance): FaultRule {
  const happens = (passage: Passage, what: keyof Chances): boolean =>
    chance.of(passage, what) < (fault[what] ?? 0);
  const lateUs = (passage: Passage, what: string): number =>
    1 + Math.floor(chance.of(passage, what) * LATE_MAX_US);
  return {
    id,
    rank: RANK.loses,
    judge(passage): Verdict | undefined {
      const { bytes } = passage;
      if (bytes === undefined || !isBetween(fault, passage)) return undefined;
      if (happens(passage, 'drop')) return { kind: 'drop' };
      if (bytes.length > 0 && happens(passage, 'corrupt')) {
        const bits = bytes.length * 8;
        return { kind: 'corrupt', bit: Math.floor(chance.of(passage, 'corrupted bit') * bits) };
      }
      if (happens(passage, 'duplicate')) {
        return { kind: 'duplicate', byUs: lateUs(passage, 'duplicate late') };
      }
      if (!happens(passage, 'reorder')) return undefined;
      return { kind: 'reorder', byUs: lateUs(passage, 'reorder late') };
    },
  };
}

type Chances = Pick<DatagramFault, 'drop' | 'duplicate' | 'reorder' | 'corrupt'>;

// Long enough to be overtaken by what follows within the same exchange.
const LATE_MAX_US = 20_000;
