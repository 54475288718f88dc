import { unreachable } from '../../src/base/assert.js';
import type { Delay } from '../plan.js';

/**
 * How many whole microseconds a delay takes, by a draw from 0 up to 1. The bimodal kind alone
 * compares with its draw; the others read it as a place in their distribution.
 */
export function delayUs(delay: Delay, draw: number): number {
  return Math.round(delayMs(delay, draw) * 1000);
}

function delayMs(delay: Delay, draw: number): number {
  switch (delay.kind) {
    case 'constant':
      return delay.ms;
    case 'uniform':
      return delay.minMs + draw * (delay.maxMs - delay.minMs);
    case 'exponential':
      return -Math.log(1 - draw) * delay.meanMs;
    case 'bimodal':
      return draw < delay.slowShare ? delay.slowMs : delay.fastMs;
    default:
      return unreachable(delay);
  }
}
