import { unreachable } from '../../src/base/assert.js';
import type { FaultRule } from '../fault.js';
import type { Fault } from '../plan.js';
import type { Chance } from './chance.js';
import { clogRule } from './clog.js';
import { cutRule } from './cut.js';
import { datagramRule } from './datagram.js';
import { flapRule } from './flap.js';
import { frameLossRule } from './frame-loss.js';
import { latencyRule } from './latency.js';
import { oneWayRule } from './one-way.js';
import { partitionRule } from './partition.js';

/** A fault of the network, as opposed to one of a node. */
export type NetworkFault = Exclude<Fault, { readonly node: number }>;

export function isNetworkFault(fault: Fault): fault is NetworkFault {
  return !('node' in fault);
}

/** The rule that carries out a fault of the network which begins now. */
export function networkRule(
  id: string,
  fault: NetworkFault,
  chance: Chance,
  nowUs: number,
): FaultRule {
  switch (fault.kind) {
    case 'partition':
      return partitionRule(id, fault.groups);
    case 'one-way':
      return oneWayRule(id, fault.from, fault.to);
    case 'cut':
      return cutRule(id, fault.pairs);
    case 'frame-loss':
      return frameLossRule(id, fault, chance);
    case 'latency':
      return latencyRule(id, fault, chance);
    case 'clog':
      return clogRule(id, fault.from, fault.to);
    case 'flap':
      return flapRule(id, fault, nowUs);
    case 'datagram':
      return datagramRule(id, fault, chance);
    default:
      return unreachable(fault);
  }
}
