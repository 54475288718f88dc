import { describeLinkContract } from '../src/transport/link-contract.js';
import { networkBench } from './network-bench.js';
import type { NetworkOptions } from './network.js';

const options: NetworkOptions = {
  latencyUs: { min: 200, max: 5000 },
  connectTimeoutUs: 5_000_000,
  buffer: { highBytes: 1024 * 1024, lowBytes: 512 * 1024 },
};

describeLinkContract('the simulated network', async () => networkBench(1, options));
describeLinkContract('the simulated network without jitter', async () =>
  networkBench(2, { ...options, latencyUs: { min: 1000, max: 1000 } }),
);
