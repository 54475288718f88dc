import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import { bundle } from '../../sim/bundle.js';
import { createNodePlatform } from '../../src/platform/node-platform.js';
import { MessagePortTransport } from '../../src/transport/message-port.js';
import { BarePackedPort, BarePort } from '../bare/port-echo.js';
import type { PortThreadData } from '../bare/port-thread.js';
import { duel } from '../duel.js';
import type { Suite } from '../figure.js';

/** Frames of 200 bytes to another thread and back, 64 under way at a time. */
export const portSuite: Suite = async () => {
  const thread = { entry: fileURLToPath(new URL('../bare/port-thread.ts', import.meta.url)) };
  const text = await bundle(thread);
  const ways = await Promise.all(
    (['link', 'packed', 'bare'] as const).map((way) => open(text, way)),
  );
  const [link, packed, bare] = ways.map((way) => {
    return { units: FRAMES, run: () => way.echo(FRAMES) };
  });
  const path = `frames of ${FRAME_BYTES} bytes over a link, ${UNDER_WAY} under way`;
  const figures = [
    await duel({
      path,
      ours: link!,
      bare: { path: 'a bare port with our envelope and batching', ...packed! },
      goals: [{ of: 'ratio', atLeast: 0.75 }],
    }),
    await duel({ path, ours: link!, bare: { path: 'one message a frame', ...bare! } }),
  ];
  await Promise.all(ways.map((way) => way.worker.terminate()));
  return figures;
};

interface Way {
  readonly worker: Worker;
  /** Resolves when so many frames have come back. */
  echo(frames: number): Promise<void>;
}

async function open(text: string, way: PortThreadData['way']): Promise<Way> {
  const { port1, port2 } = new MessageChannel();
  const workerData: PortThreadData = { port: port2, way };
  const worker = new Worker(text, { eval: true, workerData, transferList: [port2] });
  const flight = new Flight();
  const onFrame = (): void => flight.landed();
  if (way === 'link') {
    const platform = createNodePlatform();
    const ports = [['thread', port1]] as const;
    const transport = new MessagePortTransport({ platform, address: 'main', ports });
    await new Promise<void>((onOpen, onClose) => {
      const dialled = transport.dial('thread', { onOpen, onFrame, onClose });
      flight.send = (frame) => void dialled.send(frame);
    });
  } else {
    const port = new (way === 'packed' ? BarePackedPort : BarePort)(port1, onFrame);
    flight.send = (frame) => port.send(frame);
  }
  return { worker, echo: (frames) => flight.echo(frames) };
}

/** Keeps a number of frames under way until enough came back. */
class Flight {
  send!: (frame: Uint8Array) => void;
  #left = 0;
  #unsent = 0;
  #done!: () => void;

  echo(frames: number): Promise<void> {
    this.#left = frames;
    this.#unsent = frames;
    return new Promise((resolve) => {
      this.#done = resolve;
      for (let n = 0; n < UNDER_WAY; n++) this.#next();
    });
  }

  landed(): void {
    this.#left -= 1;
    if (this.#left === 0) this.#done();
    else this.#next();
  }

  #next(): void {
    if (this.#unsent === 0) return;
    this.#unsent -= 1;
    this.send(new Uint8Array(FRAME_BYTES));
  }
}

const FRAMES = 20_000;
const FRAME_BYTES = 200;
const UNDER_WAY = 64;
