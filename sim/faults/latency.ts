import { type FaultRule, RANK } from '../fault.js';
import type { LatencyFault } from '../plan.js';
import type { Chance } from './chance.js';
import { delayUs } from './delay.js';
import { isBetween } from './ends.js';

/** Lets whatever crosses take longer, dials and their answers too. Order is kept. */
export function latencyRule(id: string, fault: LatencyFault, chance: Chance): FaultRule {
  return {
    id,
    rank: RANK.delays,
    judge(passage) {
      if (!isBetween(fault, passage)) return undefined;
      return { kind: 'delay', byUs: delayUs(fault.delay, chance.of(passage, 'latency-fault')) };
    },
  };
}
