import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createNodePlatform } from '../platform/node-platform.js';
import type { Log } from '../platform/platform.js';
import type { ContractBench } from './contract/bench.js';
import { TcpTransport, type TcpTransportOptions } from './tcp.js';

/** Two transports over loopback, on ports that are free, for the contract. */
export async function tcpBench(options: Partial<TcpTransportOptions> = {}): Promise<ContractBench> {
  const errors: unknown[] = [];
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (_message, fields) => void errors.push(fields?.['error']),
  };
  const { timers } = createNodePlatform();
  const [left, right, nobody] = await freePorts();
  const make = (port: number): TcpTransport =>
    new TcpTransport({ platform: { timers, log }, port, ...options });
  // Node tells of every socket that a server gets: to break one breaks the connection.
  const accepted = new Set<Socket>();
  const note = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    if (socket.localPort === left || socket.localPort === right) accepted.add(socket);
  };
  subscribe(ACCEPTED, note);
  return {
    left: make(left),
    right: make(right),
    addresses: { left: `127.0.0.1:${left}`, right: `127.0.0.1:${right}` },
    nobody: `127.0.0.1:${nobody}`,
    settle: async (expected) => {
      const turn = (): Promise<void> =>
        new Promise((resolve) => void timers.after(0, resolve, { keepAlive: true }));
      while (!expected()) await turn();
      // What should not come had its chance.
      for (let turns = 0; turns < TURNS_AFTER; turns++) await turn();
    },
    breakLinks: () => {
      for (const socket of accepted) socket.resetAndDestroy();
      accepted.clear();
    },
    reported: () => errors,
    dispose: async () => void unsubscribe(ACCEPTED, note),
  };
}

/** Three ports that nobody listens at. All are held at once, so that they differ. */
async function freePorts(): Promise<[number, number, number]> {
  const one = async (): Promise<{ port: number; release: () => Promise<void> }> => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { port, release: () => new Promise((resolve) => void server.close(() => resolve())) };
  };
  const [a, b, c] = [await one(), await one(), await one()];
  await Promise.all([a.release(), b.release(), c.release()]);
  return [a.port, b.port, c.port];
}

const ACCEPTED = 'net.server.socket';
const TURNS_AFTER = 10;
