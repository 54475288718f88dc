import { describeLinkContract } from './link-contract.js';
import { tcpBench } from './tcp-bench.js';
import { nodeTls } from './testing/certificates.js';

const oneSided = { ...nodeTls(), mutual: false };

describeLinkContract('mutual TLS', () => tcpBench({ tls: nodeTls() }));
describeLinkContract('TLS of one side, with little room', () =>
  tcpBench({ tls: oneSided, highWaterBytes: 4096 }),
);
