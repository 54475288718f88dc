import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import { bundle } from '../../sim/bundle.js';
import { CLUSTER } from '../../src/cluster/cluster.js';
import type { GenServerRef } from '../../src/otp/behavior.js';
import type { Transport } from '../../src/platform/transport.js';
import { createNodePlatform } from '../../src/platform/node-platform.js';
import { here } from '../../src/runtime/default-runtime.js';
import { Runtime } from '../../src/runtime/runtime.js';
import { setCurrentRuntime } from '../../src/runtime/current.js';
import { MessagePortTransport } from '../../src/transport/message-port.js';
import { TcpTransport } from '../../src/transport/tcp.js';
import {
  FAR_ADDRESS,
  FRAME_BYTES_MAX,
  type FarSide,
  type FarSidePlan,
  NEAR_ADDRESS,
} from '../bare/far-side-plan.js';
import { BareEchoer } from '../bare/wire-echo.js';

/** How the near and the far side are joined: by a port to a thread, by TCP to a process. */
export type Carrier = 'port' | 'tcp';

/** A server on the other side, and the node here that calls it. */
export interface FarServer {
  readonly ref: GenServerRef;
  close(): Promise<void>;
}

/** A node on the other side, joined by one that this process becomes. */
export async function farServer(
  carrier: Carrier,
  options: {
    readonly heartbeatIntervalMs?: number;
    /** Puts something between the node here and its transport. */
    readonly through?: (transport: Transport) => Transport;
  } = {},
): Promise<FarServer> {
  const { heartbeatIntervalMs = 5000, through = asItIs } = options;
  const { side, transport, end } = await open(carrier, { way: 'node', heartbeatIntervalMs });
  setCurrentRuntime(new Runtime(createNodePlatform()));
  const cluster = here().use(CLUSTER);
  const joined = new Promise<void>((resolve) => void cluster.onNodeUp(() => resolve()));
  await cluster.start({
    nodeName: 'near',
    port: transport instanceof TcpTransport ? await transport.reserve() : 1,
    seeds: [`far@${side.address}`],
    heartbeatIntervalMs,
    frameBytesMax: FRAME_BYTES_MAX,
    transport: through(transport),
  });
  await joined;
  const close = async (): Promise<void> => {
    await cluster.stop();
    await end();
  };
  return { ref: side.server as GenServerRef, close };
}

/** A bare echo on the other side. */
export async function farEcho(
  carrier: Carrier,
): Promise<{ echoer: BareEchoer; close(): Promise<void> }> {
  const { side, transport, end } = await open(carrier, { way: 'bare' });
  const echoer = new BareEchoer();
  await echoer.dial(transport, side.address);
  const close = async (): Promise<void> => {
    await transport.close();
    await end();
  };
  return { echoer, close };
}

interface Opened {
  readonly side: FarSide;
  readonly transport: MessagePortTransport | TcpTransport;
  end(): Promise<unknown>;
}

async function open(carrier: Carrier, plan: FarSidePlan): Promise<Opened> {
  const platform = createNodePlatform();
  const text = await bundle({ entry: inBench('bare/far-side.ts') });
  if (carrier === 'port') {
    const { port1, port2 } = new MessageChannel();
    const workerData: FarSidePlan = { ...plan, port: port2 };
    const worker = new Worker(text, { eval: true, workerData, transferList: [port2] });
    const [side] = (await once(worker, 'message')) as [FarSide];
    const ports = [[FAR_ADDRESS, port1]] as const;
    const transport = new MessagePortTransport({ platform, address: NEAR_ADDRESS, ports });
    return { side, transport, end: () => worker.terminate() };
  }
  const file = inBench('../.cache/bench/far-side.cjs');
  await mkdir(inBench('../.cache/bench'), { recursive: true });
  await writeFile(file, text);
  const child = fork(file, [JSON.stringify(plan)], {
    execArgv: [],
  });
  const [side] = (await once(child, 'message')) as [FarSide];
  const transport = new TcpTransport({ platform, frameBytesMax: FRAME_BYTES_MAX });
  const end = (): Promise<unknown> => {
    const ended = once(child, 'exit');
    child.kill();
    return ended;
  };
  return { side, transport, end };
}

function inBench(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

function asItIs(transport: Transport): Transport {
  return transport;
}
