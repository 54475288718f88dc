import { MessageChannel, Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { deferred } from '../base/deferred.js';
import { createNodePlatform } from '../platform/node-platform.js';
import type { Log } from '../platform/platform.js';
import type { CloseReason, LinkEvents } from '../platform/transport.js';
import { VirtualPlatform } from '../platform/virtual-platform.js';
import { describeLinkContract } from './link-contract.js';
import type { ContractBench } from './link-contract.js';
import { MessagePortTransport } from './message-port.js';
import type { MessagePortLike, MessagePortTransportOptions } from './message-port.js';
import { PortBench } from './port-bench.js';

describeLinkContract('a message port', () => bench());
describeLinkContract('a message port with little room', () => bench({ highWaterBytes: 512 }));

describe('a message port transport', () => {
  it('posts what is sent in one turn as one message', async () => {
    const { here, there, ports } = await pair();
    const frames: number[] = [];
    await there.listen(() => ({ ...silent, onFrame: (frame) => void frames.push(frame[0] ?? -1) }));
    const link = here.dial('there', silent);
    for (let index = 0; index < 64; index++) link.send(Uint8Array.of(index));
    await ports.settle();
    expect(frames).toEqual(Array.from({ length: 64 }, (_, index) => index));
    expect(ports.posted('here')).toBe(1);
    await closeBoth(here, there);
  });

  it('collects what is sent while its messages are unread', async () => {
    const { here, there, ports } = await pair();
    let frames = 0;
    await there.listen(() => ({ ...silent, onFrame: () => (frames += 1) }));
    const link = here.dial('there', silent);
    for (let turn = 0; turn < 100; turn++) {
      link.send(new Uint8Array(10));
      for (let continuation = 0; continuation < 5; continuation++) await Promise.resolve();
    }
    expect(ports.posted('here')).toBe(4);
    await ports.settle();
    expect(frames).toBe(100);
    expect(ports.posted('here')).toBe(5);
    await closeBoth(here, there);
  });

  it('lets callers who do not send in the same turn share messages', async () => {
    const { here, there, ports } = await pair();
    await there.listen((link) => ({ ...silent, onFrame: (frame) => void link.send(frame) }));
    let echoes = 0;
    const again = (frame: Uint8Array): void => {
      if (++echoes <= 3200 - 64) link.send(frame);
    };
    const link = here.dial('there', { ...silent, onFrame: again });
    for (let caller = 0; caller < 64; caller++) {
      link.send(new Uint8Array(10));
      for (let continuation = 0; continuation < 5; continuation++) await Promise.resolve();
    }
    await ports.settle();
    expect(echoes).toBe(3200);
    expect(ports.posted('here')).toBeLessThan(400);
    await closeBoth(here, there);
  });

  it('answers a stream of frames with half as many messages', async () => {
    const { here, there, ports } = await pair({ highWaterBytes: 65_536 });
    await there.listen(() => silent);
    const link = here.dial('there', silent);
    await ports.settle();
    const before = ports.posted('there');
    for (let index = 0; index < 40; index++) {
      link.send(new Uint8Array(1000));
      await ports.settle();
    }
    expect(ports.posted('there') - before).toBeLessThanOrEqual(21);
    await closeBoth(here, there);
  });

  it('never gives away the buffer around a view', async () => {
    const { here, there, ports } = await pair();
    const lengths: number[] = [];
    await there.listen(() => ({ ...silent, onFrame: (frame) => void lengths.push(frame.length) }));
    const buffer = new Uint8Array(100_000);
    const link = here.dial('there', silent);
    link.send(buffer.subarray(1));
    link.send(buffer.subarray(0, 10));
    await ports.settle();
    expect(lengths).toEqual([99_999, 10]);
    expect(buffer.length).toBe(100_000);
    await closeBoth(here, there);
  });

  it('refuses a frame whose bytes it gave away before', async () => {
    const { here, there, ports } = await pair();
    await there.listen(() => silent);
    const link = here.dial('there', silent);
    const frame = new Uint8Array(100_000);
    link.send(frame);
    await ports.settle();
    expect(() => link.send(frame)).toThrow('a frame is sent once');
    await closeBoth(here, there);
  });

  it('ends its links as violated when what comes over the port is no batch', async () => {
    for (const garbage of GARBAGE) {
      const { port1, port2 } = new MessageChannel();
      const here = transport('here', [['there', port1]]);
      const ended = deferred<CloseReason>();
      here.dial('there', { ...silent, onClose: (reason) => ended.resolve(reason) });
      const closed = deferred<string>();
      port2.on('close', () => closed.resolve('closed'));
      port2.start();
      // The link is accepted first: what was never open can only be refused.
      port2.postMessage(new Uint32Array([0, 2, 1, 1]));
      port2.postMessage(garbage);
      expect(await ended.promise).toBe('violated');
      expect(await closed.promise).toBe('closed');
      await here.close();
    }
  });

  it('gives up on a dial that is not answered in time', async () => {
    const platform = new VirtualPlatform();
    const { port1, port2 } = new MessageChannel();
    const here = transport('here', [['there', port1]], { platform, dialTimeoutMs: 200 });
    const reasons: CloseReason[] = [];
    here.dial('there', { ...silent, onClose: (reason) => void reasons.push(reason) });
    platform.advanceTo(199);
    platform.fireDue();
    expect(reasons).toEqual([]);
    platform.advanceTo(200);
    platform.fireDue();
    expect(reasons).toEqual(['unreachable']);
    port2.close();
  });

  it('ends the links over a port that another one replaces', async () => {
    const { here, there, ports } = await pair();
    await there.listen(() => silent);
    const reasons: CloseReason[] = [];
    here.dial('there', { ...silent, onClose: (reason) => void reasons.push(reason) });
    await ports.settle();
    const { port1, port2 } = new MessageChannel();
    here.addPort('there', port1);
    expect(reasons).toEqual([]);
    await ports.settle();
    expect(reasons).toEqual(['closed-there']);
    const opened = deferred<string>();
    const again = transport('there', [['here', port2]]);
    await again.listen(() => silent);
    here.dial('there', { ...silent, onOpen: () => opened.resolve('open') });
    expect(await opened.promise).toBe('open');
    await Promise.all([here.close(), there.close(), again.close()]);
  });

  it('holds the process alive only while it listens or has links', async () => {
    const { here, there, ports } = await pair();
    expect(ports.held()).toEqual([]);
    await there.listen(() => silent);
    expect(ports.held()).toEqual(['there']);
    const link = here.dial('there', silent);
    await ports.settle();
    expect(ports.held()).toEqual(['here', 'there']);
    link.close();
    await ports.settle();
    expect(ports.held()).toEqual(['there']);
    await closeBoth(here, there);
    expect(ports.held()).toEqual([]);
  });
});

describe('a thread at the other end of a port', () => {
  it('echoes frames, and ends its links and dials when it is terminated', async () => {
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(await echoThread(), {
      eval: true,
      workerData: { port: port2 },
      transferList: [port2],
    });
    const here = transport('here', [['thread', port1]]);
    const echo = deferred<Uint8Array>();
    const ended = deferred<CloseReason>();
    const link = here.dial('thread', { onFrame: echo.resolve, onClose: ended.resolve });
    link.send(new Uint8Array([1, 2, 3]));
    expect(await echo.promise).toEqual(new Uint8Array([1, 2, 3]));
    await worker.terminate();
    expect(await ended.promise).toBe('closed-there');
    const refused = deferred<CloseReason>();
    here.dial('thread', { ...silent, onClose: refused.resolve });
    expect(await refused.promise).toBe('refused');
    await here.close();
  });

  it('refuses a dial that it can no longer answer', async () => {
    const { port1, port2 } = new MessageChannel();
    const text = 'require("node:worker_threads").workerData.port.on("message", () => {})';
    const worker = new Worker(text, {
      eval: true,
      workerData: { port: port2 },
      transferList: [port2],
    });
    const here = transport('here', [['thread', port1]]);
    const ended = deferred<CloseReason>();
    here.dial('thread', { ...silent, onClose: ended.resolve });
    await worker.terminate();
    expect(await ended.promise).toBe('refused');
    await here.close();
  });
});

const GARBAGE = [
  'hello',
  new Uint32Array([]),
  new Uint32Array([0, 4, 1]),
  new Uint32Array([0, 4, 1, 1000]),
  new Uint32Array([0, 5, 1, 1000]),
  new Uint32Array([0, 99, 1, 1]),
  [new Uint32Array([0, 5, 1, 3]), new Uint8Array(2)],
];
const silent: LinkEvents = { onFrame: () => undefined, onClose: () => undefined };

async function bench(options: Partial<MessagePortTransportOptions> = {}): Promise<ContractBench> {
  const errors: unknown[] = [];
  const ports = new PortBench('left', 'right', errorLog(errors));
  const [left, right] = ports.transports(options);
  return {
    left,
    right,
    addresses: { left: 'left', right: 'right' },
    nobody: 'nobody',
    settle: () => ports.settle(),
    breakLinks: () => ports.cut(),
    reported: () => errors,
  };
}

async function pair(options: Partial<MessagePortTransportOptions> = {}) {
  const ports = new PortBench('here', 'there', errorLog([]));
  const [here, there] = ports.transports(options);
  return { here, there, ports };
}

async function closeBoth(...transports: MessagePortTransport[]): Promise<void> {
  await Promise.all(transports.map((each) => each.close()));
}

function transport(
  address: string,
  ports: [string, MessagePortLike][],
  options: Partial<MessagePortTransportOptions> = {},
): MessagePortTransport {
  const platform = createNodePlatform({ log: errorLog([]) });
  return new MessagePortTransport({ platform, address, ports, ...options });
}

function errorLog(errors: unknown[]): Log {
  const ignore = (): void => undefined;
  return {
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (_message, fields) => void errors.push(fields?.['error']),
  };
}

async function echoThread(): Promise<string> {
  const program = `
    import { workerData } from 'node:worker_threads';
    import { createNodePlatform } from '../platform/node-platform.js';
    import { MessagePortTransport } from './message-port.js';
    const platform = createNodePlatform();
    const ports = [['here', workerData.port]];
    const transport = new MessagePortTransport({ platform, address: 'thread', ports });
    void transport.listen((link) => ({
      onFrame: (frame) => void link.send(frame),
      onClose: () => undefined,
    }));
  `;
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}
