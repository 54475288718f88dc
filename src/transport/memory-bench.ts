import type { VirtualPlatform } from '../platform/virtual-platform.js';
import type { ContractBench } from './contract/bench.js';
import { MemoryNetwork } from './memory.js';
import type { MemoryNetworkOptions } from './memory.js';

/** Two transports of a memory network in virtual time, for the contract suite. */
export function memoryBench(
  platform: VirtualPlatform,
  options?: MemoryNetworkOptions,
): ContractBench {
  const network = new MemoryNetwork(platform, options);
  return {
    left: network.transport('left'),
    right: network.transport('right'),
    addresses: { left: 'left', right: 'right' },
    nobody: 'nobody',
    settle: () => exhaust(platform),
    breakLinks: () => {
      network.sever('left', 'right');
    },
    reported: () => platform.logged.map((line) => line.fields?.['error']),
  };
}

async function exhaust(platform: VirtualPlatform): Promise<void> {
  for (let next = platform.nextDeadlineMs; next !== undefined; next = platform.nextDeadlineMs) {
    platform.advanceTo(next);
    platform.fireDue();
    await Promise.resolve();
  }
  // The promise that a closing transport settles reaches its reader some continuations later.
  for (let continuation = 0; continuation < 10; continuation++) await Promise.resolve();
}
