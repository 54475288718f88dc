import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket as NetSocket } from 'node:net';
import { Server, type Socket } from 'socket.io';
import type { Log, Timers } from '../platform/platform.js';
import { ListenError } from '../platform/transport.js';
import { formatAddress } from '../transport/tcp-address.js';
import type { SocketAuth } from './protocol.js';
import { checkReach, isToken } from './socket-token.js';

export interface SocketServerOptions {
  /** 0 for any free one. */
  readonly port: number;
  readonly host: string;
  /** What every socket has to show; none on loopback. */
  readonly token: string | undefined;
  /** A larger message ends its connection. */
  readonly messageBytesMax: number;
  readonly log: Log;
  readonly timers: Timers;
}

export interface SocketServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens for workers. Only those with the token are let in, and no page of a browser.
 *
 * Rejects with TokenRequiredError for an address that others can reach without one, and with
 * ListenError when the port cannot be had.
 */
export async function openSocketServer(
  { port, host, token, messageBytesMax, log, timers }: SocketServerOptions,
  welcome: (socket: Socket) => void,
): Promise<SocketServer> {
  checkReach(host, token);
  const server = createServer((_request, response) => response.writeHead(404).end());
  const wires = new Set<NetSocket>();
  server.on('connection', (wire) => {
    wires.add(wire);
    wire.once('close', () => wires.delete(wire));
  });
  const io = new Server(server, {
    maxHttpBufferSize: messageBytesMax,
    serveClient: false,
    allowRequest: (request, decide) => decide(null, !isFromBrowser(request)),
  });
  sendTogether(io);
  io.use((socket, next) => {
    const { token: shown } = authOf(socket);
    if (token === undefined || isToken(shown, token)) return next();
    log.warn(`a worker at ${socket.handshake.address} was refused: it shows no or a wrong token`);
    next(new Error('Expected the token of this coordinator; give the worker the same { token }'));
  });
  io.on('connection', welcome);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new ListenError(formatAddress({ host, port }), cause)));
    server.listen({ port, host }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      // Whoever does not answer the goodbye in time, or is still amid a request, is cut off.
      const cutOff = (): void => wires.forEach((wire) => wire.destroy());
      const late = timers.after(GOODBYE_MS, cutOff, { keepAlive: true });
      await io.close();
      late.cancel();
    },
  };
}

// The packets of one flush go out in one write: a commit answers many reports at once.
function sendTogether(io: Server): void {
  io.engine.on('flush', ({ request }: FlushedSocket) => request.socket.cork());
  io.engine.on('drain', ({ request }: FlushedSocket) => request.socket.uncork());
}

interface FlushedSocket {
  readonly request: IncomingMessage;
}

/** What the socket said of itself. Anything that is no text is taken as missing. */
export function authOf(socket: Socket): SocketAuth {
  const { token, workerId, renews } = socket.handshake.auth as Record<string, unknown>;
  return {
    ...(typeof token === 'string' ? { token } : {}),
    ...(typeof workerId === 'string' && WORKER_ID.test(workerId) ? { workerId } : {}),
    ...(renews === true ? { renews } : {}),
  };
}

// A page of any site may open a WebSocket to this machine; workers are no pages.
function isFromBrowser({ headers }: IncomingMessage): boolean {
  return headers.origin !== undefined;
}

const GOODBYE_MS = 1000;
const WORKER_ID = /^[\w.:@-]{1,128}$/;
