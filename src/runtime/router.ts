import type { Address } from './address.js';
import type { Signal } from './signal.js';

/**
 * What became of a signal.
 *
 * - `sent`: it is on its way, or delivered.
 * - `full`: the receiver or the link takes no more now; the signal was dropped.
 * - `down`: there is no such process, or its node is not connected.
 */
export type Delivery = 'sent' | 'full' | 'down';

/** The one way a signal leaves a process. Exits, DOWNs and kills are never refused as `full`. */
export interface Router {
  send(to: Address, signal: Signal): Delivery;
}
