import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';

/** The least that a task costs over Socket.IO: a message there, and its acknowledgement back. */
export interface SocketAcks {
  /** Gives the milliseconds of each when so many were acknowledged, `underWay` at a time. */
  run(message: unknown, count: number, underWay: number): Promise<number[]>;
  close(): Promise<void>;
}

export async function socketAcks(): Promise<SocketAcks> {
  const server = createServer();
  const hub = new Server(server);
  hub.on('connection', (socket) => {
    socket.on('taskCompleted', (message: unknown, acknowledge: (answer: unknown) => void) => {
      acknowledge({ accepted: true, next: message });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'] });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return {
    async run(message, count, underWay) {
      const tookMs: number[] = [];
      let left = count;
      const lane = async (): Promise<void> => {
        while (left > 0) {
          left -= 1;
          const sentMs = performance.now();
          await new Promise((resolve) => socket.emit('taskCompleted', message, resolve));
          tookMs.push(performance.now() - sentMs);
        }
      };
      await Promise.all(Array.from({ length: underWay }, lane));
      return tookMs;
    },
    async close() {
      socket.disconnect();
      await hub.close();
    },
  };
}
