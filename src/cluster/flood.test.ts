// Real sockets: a peer that is there, and reads nothing.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { memoryUsage } from 'node:process';
import { describe, expect, it } from 'vitest';
import { call } from '../otp/call.js';
import { cast } from '../otp/cast.js';
import { startServer } from '../otp/gen-server.js';
import { pause, until } from '../transport/testing/real-ends.js';
import { counter } from './testing/cluster-world.js';
import { type TcpNode, met, tcpNode } from './testing/tcp-cluster.js';

describe('a flood of casts to a node that does not read', () => {
  it('is refused with an error, counted, and held in bounded memory', () =>
    withReluctant(async ({ sender, reader, holdUp, goOn }) => {
      const ref = await startServer(reader.runtime, { ...counter, init: () => 0 });
      const to = { id: ref.id, nodeId: reader.id };
      expect(await call(sender.runtime, to, 'get')).toBe(0);
      holdUp();
      const before = heldBytes();
      let taken = 0;
      const refused: unknown[] = [];
      for (let sent = 0; sent < CASTS; sent++) {
        try {
          cast(sender.runtime, to, { padding: PADDING });
          taken += 1;
        } catch (error) {
          refused.push(error);
        }
        if (sent % 1000 === 0) await pause(0);
      }
      expect(heldBytes() - before).toBeLessThan(HELD_BYTES_MAX);
      expect(refused[0]).toMatchObject({ code: 'ERR_LINK_FULL', nodeId: reader.id });
      expect(taken + refused.length).toBe(CASTS);
      expect(taken * CAST_BYTES).toBeLessThan(HELD_BYTES_MAX);
      const [info] = sender.cluster.node.nodes();
      expect(info).toMatchObject({ id: reader.id, refusedCount: refused.length });
      await expect(call(sender.runtime, to, 'get')).rejects.toMatchObject({
        code: 'ERR_LINK_FULL',
      });
      goOn();
      await until(() => isTaken(() => cast(sender.runtime, to, 1)));
    }));
});

interface Reluctant {
  readonly sender: TcpNode;
  readonly reader: TcpNode;
  /** From now on the reader reads nothing. */
  holdUp(): void;
  goOn(): void;
}

/** Two nodes; the sockets at the reader's end of their links can be stopped. */
async function withReluctant(body: (world: Reluctant) => Promise<void>): Promise<void> {
  const sockets = new Set<Socket>();
  const note = (message: unknown): void => void sockets.add((message as { socket: Socket }).socket);
  for (const channel of CHANNELS) subscribe(channel, note);
  const sender = await tcpNode({ nodeName: 'sender' });
  const reader = await tcpNode({ nodeName: 'reader', seeds: [sender.id] });
  await met(sender, reader);
  const [senderPort, readerPort] = [portOf(sender), portOf(reader)];
  const ends = [...sockets].filter(
    ({ localPort, remotePort }) => remotePort === senderPort || localPort === readerPort,
  );
  try {
    await body({
      sender,
      reader,
      holdUp: () => ends.forEach((socket) => socket.pause()),
      goOn: () => ends.forEach((socket) => socket.resume()),
    });
  } finally {
    for (const channel of CHANNELS) unsubscribe(channel, note);
    await Promise.all([sender.cluster.stop(), reader.cluster.stop()]);
  }
}

function isTaken(send: () => void): boolean {
  try {
    send();
    return true;
  } catch {
    // Still full.
    return false;
  }
}

function portOf({ address }: TcpNode): number {
  return Number(address.split(':')[1]);
}

function heldBytes(): number {
  const { heapUsed, external } = memoryUsage();
  return heapUsed + external;
}

const CHANNELS = ['net.client.socket', 'net.server.socket'];
const CASTS = 100_000;
const CAST_BYTES = 2048;
const PADDING = 'x'.repeat(CAST_BYTES);
// A link holds 1 MiB, and the system some more on either side; garbage comes on top.
const HELD_BYTES_MAX = 96 * 2 ** 20;
