import { describe, expect, it } from 'vitest';
import { deferred } from '../base/deferred.js';
import { type ClusterService, CLUSTER } from '../cluster/cluster.js';
import { Offload } from '../offload/offload.js';
import { GenServer } from '../otp/facades.js';
import { createNodePlatform } from '../platform/node-platform.js';
import type { LinkEvents, Transport } from '../platform/transport.js';
import { setCurrentRuntime } from '../runtime/current.js';
import { Runtime } from '../runtime/runtime.js';
import { MemoryNetwork } from '../transport/memory.js';

const work = new URL('../offload/testing/work.ts', import.meta.url);

describe('a handler that waits for heavy work in a thread', () => {
  it('lets its node beat, and be seen alive, for as long as the work takes', async () => {
    const platform = createNodePlatform();
    const network = new MemoryNetwork(platform);
    const [heavy, peer] = [new Runtime(platform), new Runtime(platform)];
    const heard = new HeardFrames(network.transport('127.0.0.1:2'));
    await heavy.use(CLUSTER).start({ ...OPTIONS, port: 1, transport: network.transport(SEED) });
    const joined = up(peer.use(CLUSTER));
    const seeds = [`n@${SEED}`];
    await peer.use(CLUSTER).start({ ...OPTIONS, port: 2, seeds, transport: heard.transport });
    await joined;
    const losses: string[] = [];
    peer.use(CLUSTER).onNodeDown((_nodeId, reason) => losses.push(reason));

    setCurrentRuntime(heavy);
    const flags = new SharedArrayBuffer(8);
    const server = await GenServer.start({
      init: () => 0,
      handleCall: async (_question: string, state: number) => {
        return [await Offload.run<string>(work, 'holdUntilTold', [flags, 'done']), state];
      },
      handleCast: (_message: never, state: number) => state,
    });
    const answer = GenServer.call(server, 'work', { timeout: Infinity });
    // The work ends when its node has been heard for longer than silence is allowed to last: a node
    // that stood still meanwhile would wait for ever.
    await heard.more(3 * OPTIONS.heartbeatMissThreshold);
    Atomics.store(new Int32Array(flags), 1, 1);
    expect(await answer).toBe('done');
    expect(losses).toEqual([]);
    setCurrentRuntime(heavy);
    await Offload.close();
    await Promise.all([heavy, peer].map((runtime) => runtime.use(CLUSTER).stop()));
  });
});

/** A transport that can wait for frames to come in. */
class HeardFrames {
  readonly transport: Transport;
  #missing = 0;
  #done = deferred<void>();

  constructor(inner: Transport) {
    const counted = (events: LinkEvents): LinkEvents => ({
      ...events,
      onFrame: (frame) => {
        if (--this.#missing === 0) this.#done.resolve();
        events.onFrame(frame);
      },
    });
    this.transport = {
      listen: (accept) => inner.listen((link) => counted(accept(link))),
      dial: (address, events) => inner.dial(address, counted(events)),
      close: () => inner.close(),
    };
  }

  more(count: number): Promise<void> {
    this.#done = deferred();
    this.#missing = count;
    return this.#done.promise;
  }
}

function up(cluster: ClusterService): Promise<void> {
  return new Promise((resolve) => {
    cluster.onNodeUp(() => resolve());
  });
}

const SEED = '127.0.0.1:1';
const OPTIONS = { nodeName: 'n', heartbeatIntervalMs: 20, heartbeatMissThreshold: 3 };
