// The other thread, or process, of the suites about links: an echo, bare or by a server of a node.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { CLUSTER } from '../../src/cluster/cluster.js';
import { GenServer } from '../../src/otp/facades.js';
import type { Transport } from '../../src/platform/transport.js';
import { here } from '../../src/runtime/default-runtime.js';
import { MessagePortTransport } from '../../src/transport/message-port.js';
import { TcpTransport } from '../../src/transport/tcp.js';
import {
  FAR_ADDRESS,
  FRAME_BYTES_MAX,
  type FarSide,
  type FarSidePlan,
  NEAR_ADDRESS,
} from './far-side-plan.js';
import { BareEcho } from './wire-echo.js';

const plan = (workerData ?? JSON.parse(process.argv[2] ?? '{}')) as FarSidePlan;
const tell = (side: FarSide): void =>
  parentPort === null ? void process.send?.(side) : parentPort.postMessage(side);
void (plan.way === 'bare' ? bare() : node()).then(tell);
// A process without a parent has nobody left to answer.
process.on('disconnect', () => process.exit());

async function bare(): Promise<FarSide> {
  return { address: await new BareEcho().listen(transportOf(plan.port)) };
}

async function node(): Promise<FarSide> {
  const transport = transportOf(plan.port);
  const port = transport instanceof TcpTransport ? await transport.reserve() : 2;
  const { heartbeatIntervalMs = 5000 } = plan;
  const settled = { nodeName: 'far', port, heartbeatIntervalMs, frameBytesMax: FRAME_BYTES_MAX };
  await here()
    .use(CLUSTER)
    .start({ ...settled, transport });
  const { id } = await GenServer.start(echo);
  const { nodeId } = here().use(CLUSTER).node.self;
  return { address: `127.0.0.1:${port}`, server: { id, nodeId } };
}

function transportOf(port: MessagePort | undefined): Transport {
  const { platform } = here();
  if (port === undefined) return new TcpTransport({ platform, frameBytesMax: FRAME_BYTES_MAX });
  return new MessagePortTransport({
    platform,
    address: FAR_ADDRESS,
    ports: [[NEAR_ADDRESS, port]],
  });
}

const echo = {
  init: () => 0,
  // For the suite of large messages: so many bytes are asked for.
  handleCall: (message: unknown, state: number) =>
    [isOrder(message) ? Buffer.alloc(message.bytes) : message, state] as const,
  handleCast: (_message: unknown, state: number) => state + 1,
};

function isOrder(message: unknown): message is { readonly bytes: number } {
  return typeof message === 'object' && message !== null && 'bytes' in message;
}
