// The other thread of the port suite: sends every frame back the way that it came.
import { type MessagePort, workerData } from 'node:worker_threads';
import { createNodePlatform } from '../../src/platform/node-platform.js';
import { MessagePortTransport } from '../../src/transport/message-port.js';
import { BarePackedPort, BarePort } from './port-echo.js';

export interface PortThreadData {
  readonly port: MessagePort;
  readonly way: 'bare' | 'packed' | 'link';
}

const { port, way } = workerData as PortThreadData;
if (way === 'link') void echoLinks();
else echo(way === 'packed' ? BarePackedPort : BarePort);

function echo(Way: typeof BarePackedPort | typeof BarePort): void {
  const back = new Way(port, (frame) => back.send(frame));
}

async function echoLinks(): Promise<void> {
  const ports = [['main', port]] as const;
  const transport = new MessagePortTransport({
    platform: createNodePlatform(),
    address: 'thread',
    ports,
  });
  await transport.listen((link) => ({
    onFrame: (frame) => void link.send(frame),
    onClose: () => undefined,
  }));
}
