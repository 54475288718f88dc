import type { Address, Transport } from '../../platform/transport.js';

/**
 * Two transports on a workbench: what an implementation offers to be held to the contract.
 *
 * The laws call a transport either from outside every event or from inside an event of that same
 * transport, never from inside an event of the other one: in a simulated network only one of the
 * two is running at a time.
 */
export interface ContractBench {
  readonly left: Transport;
  readonly right: Transport;
  /** Where `left` and `right` can be dialled once they listen, from the other side. */
  readonly addresses: { readonly left: Address; readonly right: Address };
  /** An address in the transport's form that nobody listens at. */
  readonly nobody: Address;
  /**
   * Lets the world run until nothing is under way any more. `expected` is what the law waits for:
   * a bench over real I/O that cannot see what is under way goes on until it holds. Timers that
   * only guard against silence, like that of a dial, need not be waited for.
   */
  settle(expected: () => boolean): Promise<void>;
  /** Breaks every connection between the two, as when a cable is pulled or a process is killed. */
  breakLinks?(): void;
  /** The errors that handlers threw and that the transports reported to their logs. */
  reported?(): readonly unknown[];
  /** Gives back what the bench holds; both transports are closed by then. */
  dispose?(): Promise<void>;
}

export type Side = 'left' | 'right';

export function opposite(side: Side): Side {
  return side === 'left' ? 'right' : 'left';
}
