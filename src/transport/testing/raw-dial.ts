import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Address } from '../../platform/transport.js';
import { parseAddress } from '../tcp-address.js';

/** A connection of somebody who keeps to no protocol. */
export interface RawDial {
  readonly socket: Socket;
  /** Resolves once the other side, or the network, ended it. */
  readonly ended: Promise<void>;
}

/** Dials, and writes `bytes` at once. Resolves when the connection stands. */
export async function rawDial(to: Address, bytes?: Uint8Array): Promise<RawDial> {
  const target = parseAddress(to);
  if (target === undefined) throw new RangeError(`Expected an address, got ${to}`);
  const socket = connect(target);
  const ended = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
  // What a node does to such a connection is its own affair.
  socket.on('error', () => undefined);
  socket.resume();
  await new Promise((resolve) => void socket.once('connect', resolve).once('close', resolve));
  if (bytes !== undefined) socket.write(bytes);
  return { socket, ended };
}

/** Somebody who listens in: passes everything on, and keeps what diallers say. */
export interface Wiretap {
  readonly address: Address;
  /** What each dialler said, in the order of the dials. */
  readonly heard: Buffer[];
  close(): void;
}

export async function wiretap(to: Address): Promise<Wiretap> {
  const heard: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const index = heard.push(Buffer.alloc(0)) - 1;
    const far = connect(parseAddress(to) ?? { host: '127.0.0.1', port: 0 });
    near.on('data', (chunk: Buffer) => {
      heard[index] = Buffer.concat([heard[index] ?? Buffer.alloc(0), chunk]);
    });
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, heard, close };
}
