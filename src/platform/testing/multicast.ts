import { createSocket, type Socket } from 'node:dgram';
import { deferred } from '../../base/deferred.js';
import { createNodePlatform } from '../node-platform.js';

/** Multicast DNS on this machine alone, at a port that no other program uses. */
export interface QuietPlace {
  readonly interface: string;
  readonly port: number;
}

export async function quietPlace(): Promise<QuietPlace> {
  const socket = await bound(createSocket('udp4'), 0);
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return { interface: '127.0.0.1', port };
}

/** Whether what is sent to the group comes back, as on most machines and in few containers. */
export async function multicastReturns({ interface: address, port }: QuietPlace): Promise<boolean> {
  const socket = await bound(createSocket({ type: 'udp4', reuseAddr: true }), port);
  const heard = deferred<boolean>();
  const timer = createNodePlatform().timers.after(1000, () => heard.resolve(false), {
    keepAlive: true,
  });
  try {
    if (!joins(socket, address)) return false;
    socket.on('message', () => heard.resolve(true));
    socket.send('?', port, MDNS_GROUP, (error) => {
      if (error !== null) heard.resolve(false);
    });
    return await heard.promise;
  } finally {
    timer.cancel();
    socket.close();
  }
}

/** The group that speaks of what there is on the network. */
export const MDNS_GROUP = '224.0.0.251';

// A system without multicast says so here.
function joins(socket: Socket, address: string): boolean {
  try {
    socket.addMembership(MDNS_GROUP, address);
    socket.setMulticastInterface(address);
    return true;
  } catch {
    return false;
  }
}

function bound(socket: Socket, at: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(at, '0.0.0.0', () => resolve(socket));
  });
}
