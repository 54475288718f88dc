import { describeLinkContract } from './link-contract.js';
import { tcpBench } from './tcp-bench.js';

describeLinkContract('TCP', () => tcpBench());
describeLinkContract('TCP with little room', () => tcpBench({ highWaterBytes: 4096 }));
