import type { MessagePort } from 'node:worker_threads';
import type { Platform } from '../platform/platform.js';
import type { Address, Transport } from '../platform/transport.js';
import { MessagePortTransport } from '../transport/message-port.js';
import { RoutedTransport } from '../transport/routed.js';

/** The ports that lead from one node to the others of its process. */
export class NearPorts {
  readonly #transport: MessagePortTransport;
  readonly #ports = new Map<Address, MessagePort>();

  constructor(platform: Pick<Platform, 'timers' | 'log'>, address: Address) {
    this.#transport = new MessagePortTransport({ platform, address });
  }

  /** The ports alone. */
  get transport(): Transport {
    return this.#transport;
  }

  /** The ports, and for those who are elsewhere the network. */
  beside(far: Transport): Transport {
    const isNear = (address: Address): boolean =>
      address.startsWith(THREAD_HOST) || this.#ports.has(address);
    return new RoutedTransport({ near: this.#transport, far, isNear });
  }

  add(address: Address, port: MessagePort): void {
    this.#ports.set(address, port);
    // Whoever takes the address over after the end of its thread is to be found on the network.
    port.once('close', () => {
      if (this.#ports.get(address) === port) this.#ports.delete(address);
    });
    this.#transport.addPort(address, port);
  }
}

/** Where the `number`th node of a process is that does not listen on the network. */
export function threadAddress(number: number): { host: string; port: number; address: Address } {
  return { host: 'thread', port: number, address: `${THREAD_HOST}${number}` };
}

const THREAD_HOST = 'thread:';
