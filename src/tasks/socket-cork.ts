import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { NodeWebSocket } from 'socket.io-client';

/**
 * Socket.IO's WebSocket of a client whose frames leave together: all that waits for one flush goes
 * out in one write. A worker with many tasks under way reports many at once.
 */
export class CorkedWebSocket extends NodeWebSocket {
  #wire: Socket | undefined;

  override createSocket(
    ...[uri, protocols, options]: Parameters<NodeWebSocket['createSocket']>
  ): Upgrading {
    const opened = super.createSocket(uri, protocols, options) as Upgrading;
    opened.once('upgrade', ({ socket }) => (this.#wire = socket));
    return opened;
  }

  override write(packets: unknown): void {
    this.#wire?.cork();
    super.write(packets);
    this.#wire?.uncork();
  }
}

/** What the `ws` package makes. It has the wire when the server has agreed to speak WebSocket. */
interface Upgrading {
  once(event: 'upgrade', hear: (response: IncomingMessage) => void): void;
}
