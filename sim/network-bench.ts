import { VirtualPlatform } from '../src/platform/virtual-platform.js';
import type { ContractBench } from '../src/transport/contract/bench.js';
import type { Host } from './connection.js';
import { Draws } from './draw.js';
import { EventQueue } from './event-queue.js';
import { type Delivery, Network, type NetworkEvent, type NetworkOptions } from './network.js';
import { SimTransport } from './sim-transport.js';
import type { NodeInput, NodeOutput } from './turn.js';

export interface NetworkBench extends ContractBench {
  readonly network: Network;
  /** Of `left`, of `right`, and of one that nobody listens at. */
  readonly hosts: readonly [Host, Host, Host];
  nowMs(): number;
  /** Lets everything happen that is due up to this time. */
  runUntil(untilMs: number): Promise<void>;
}

/** Two nodes' transports over one simulated network, without the nodes: for the link contract. */
export function networkBench(seed: number, options: NetworkOptions): NetworkBench {
  const queue = new EventQueue<NetworkEvent>();
  const network = new Network(ADDRESSES, options, new Draws(seed), {
    nowUs: () => queue.nowUs,
    schedule: (atUs, tie, event) => queue.schedule(atUs, tie, event),
    note: () => undefined,
  });
  const ends = network.hosts.map((host) => new End(host, network, options));
  const [left, right] = ends as [End, End];
  const runUntil = async (untilMs: number): Promise<void> => {
    for (const end of ends) end.flush();
    while ((queue.nextUs ?? Infinity) <= untilMs * 1000) {
      const delivery = network.happen(queue.take() as NetworkEvent);
      if (delivery === undefined) continue;
      (ends[delivery.host.index] as End).take(delivery);
      await nativeImmediate();
      for (const end of ends) end.flush();
    }
    await nativeImmediate();
  };
  return {
    left: left.transport,
    right: right.transport,
    addresses: { left: left.host.address, right: right.host.address },
    nobody: ADDRESSES[2],
    settle: () => runUntil(Number.MAX_SAFE_INTEGER),
    runUntil,
    network,
    hosts: network.hosts as unknown as readonly [Host, Host, Host],
    nowMs: () => queue.nowUs / 1000,
    breakLinks: () => {
      for (const end of ends) end.flush();
      network.sever(left.host, right.host);
    },
    reported: () => ends.flatMap((end) => end.reported),
  };
}

class End {
  readonly host: Host;
  readonly transport: SimTransport;
  readonly #network: Network;
  readonly #platform = new VirtualPlatform();
  #outputs: NodeOutput[] = [];

  constructor(host: Host, network: Network, { buffer }: NetworkOptions) {
    this.host = host;
    this.#network = network;
    network.restart(host);
    this.transport = new SimTransport({
      address: host.address,
      buffer,
      log: this.#platform.log,
      emit: (output) => this.#outputs.push(output),
    });
  }

  get reported(): unknown[] {
    return this.#platform.logged.map((line) => line.fields?.['error']);
  }

  take(delivery: Delivery): void {
    this.#network.taken(delivery);
    const acks = this.#network.takeAcks(this.host);
    if (acks !== undefined) this.transport.acknowledge(acks);
    enter(this.transport, delivery.input);
  }

  /** Lets what the transport wanted happen. */
  flush(): void {
    const outputs = this.#outputs;
    this.#outputs = [];
    for (const output of outputs) {
      if (output.kind === 'listen') this.host.listening = true;
      if (output.kind === 'unlisten') this.host.listening = false;
      if (output.kind === 'dial') this.#network.dial(this.host, output.link, output.address);
      if (output.kind === 'close') this.#network.close(this.host, output.link);
      if (output.kind === 'send') {
        this.#network.send(this.host, output.link, new Uint8Array(output.bytes));
      }
    }
  }
}

function enter(transport: SimTransport, input: NodeInput): void {
  if (input.kind === 'arrived') transport.arrived(input.link);
  if (input.kind === 'opened') transport.opened(input.link);
  if (input.kind === 'frame') transport.frame(input.link, input.bytes);
  if (input.kind === 'drained') transport.drained(input.link);
  if (input.kind === 'closed') transport.closed(input.link, input.reason);
}

function nativeImmediate(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const ADDRESSES = ['left:1', 'right:1', 'nobody:1'] as const;
