import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import type { Platform } from '../platform/platform.js';
import { ListenError } from '../platform/transport.js';
import type { Address, Link, LinkEvents, Transport } from '../platform/transport.js';
import { FailedLink } from './failed-link.js';
import { formatAddress, parseAddress } from './tcp-address.js';
import { TcpLink, type TcpLinkLimits } from './tcp-link.js';
import { type TlsOptions, tlsClientOptions, tlsServerOptions } from './tls.js';

export interface TcpTransportOptions {
  readonly platform: Pick<Platform, 'timers' | 'log'>;
  /** Where to listen: a name or number of this machine; `127.0.0.1` by default. */
  readonly host?: string;
  /** 0 takes one that is free; `listen` tells which. */
  readonly port?: number;
  /** What others dial instead of `host`, such as the name of the machine. */
  readonly advertiseHost?: string;
  /** Encrypts every link; both sides need it. */
  readonly tls?: TlsOptions;
  /** The largest frame in bytes, either way; 16 MiB by default. */
  readonly frameBytesMax?: number;
  /** How long a dial waits for an answer; 5000 by default. */
  readonly dialTimeoutMs?: number;
  /** From how many bytes on `send` says false; 1 MiB by default. */
  readonly highWaterBytes?: number;
  /** Down to how many bytes a full link has to empty before it drains; a quarter of the above. */
  readonly lowWaterBytes?: number;
}

/**
 * Links over TCP, or TLS, between processes and machines. An address is `host:port`.
 *
 * A dial that is answered with a reset is `refused`, one without an answer in time, or to a name
 * that nobody knows, is `unreachable`. A connection that is reset is `lost`; one that the other
 * process ended, also by its death, is `closed-there`. It holds the process alive while it listens
 * or has links.
 */
export class TcpTransport implements Transport {
  readonly #platform: Pick<Platform, 'timers' | 'log'>;
  readonly #options: TcpTransportOptions;
  readonly #limits: TcpLinkLimits;
  readonly #links = new Set<TcpLink>();
  #server: Server | undefined;
  #port: Promise<number> | undefined;
  #accepting: ((link: Link) => LinkEvents) | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: TcpTransportOptions) {
    const { highWaterBytes = 1_048_576, frameBytesMax = 16_777_216 } = options;
    this.#platform = options.platform;
    this.#options = options;
    const lowWaterBytes = options.lowWaterBytes ?? highWaterBytes / 4;
    this.#limits = { highWaterBytes, lowWaterBytes, frameBytesMax };
  }

  /**
   * Takes the port before anybody listens, and resolves to it: who dials until then is turned away.
   * Rejects with ListenError.
   */
  async reserve(): Promise<number> {
    this.#port ??= this.#bind();
    return this.#port;
  }

  async listen(accept: (link: Link) => LinkEvents): Promise<Address> {
    const { host = '127.0.0.1', port = 0, advertiseHost = host } = this.#options;
    const wanted = formatAddress({ host, port });
    if (this.#closing !== undefined) {
      throw new ListenError(wanted, new Error('this transport is closed'));
    }
    if (this.#accepting !== undefined) {
      throw new ListenError(wanted, new Error('this transport listens already'));
    }
    this.#accepting = accept;
    try {
      return formatAddress({ host: advertiseHost, port: await this.reserve() });
    } catch (error) {
      this.#accepting = undefined;
      throw error;
    }
  }

  #bind(): Promise<number> {
    const { host = '127.0.0.1', port = 0, tls } = this.#options;
    const arrived = (socket: Socket): void => this.#accept(socket);
    const server =
      tls === undefined ? createServer(arrived) : createTlsServer(tlsServerOptions(tls), arrived);
    this.#server = server;
    server.on('tlsClientError', (error: Error) => {
      this.#platform.log.warn('a dial was turned away: no TLS that is valid here', { error });
    });
    return new Promise((resolve, reject) => {
      server.once('error', (error: Error) => {
        this.#port = undefined;
        reject(new ListenError(formatAddress({ host, port }), explained(error, port)));
      });
      server.listen({ host, port }, () => resolve((server.address() as AddressInfo).port));
    });
  }

  dial(address: Address, events: LinkEvents): Link {
    if (this.#closing !== undefined) return new FailedLink(this.#platform, events, 'closed-here');
    const target = parseAddress(address);
    if (target === undefined) return new FailedLink(this.#platform, events, 'unreachable');
    const { tls, dialTimeoutMs = 5000 } = this.#options;
    const socket =
      tls === undefined
        ? connect(target)
        : connectTls({ ...tlsClientOptions(tls, target), ...target });
    const link = this.#link(socket);
    link.gate.attach(events);
    link.waitAtMost(dialTimeoutMs);
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => link.open());
    return link;
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#server?.close();
      for (const link of [...this.#links]) link.close();
      // Set after the timers that tell each link, and due with them: it fires last.
      this.#platform.timers.after(0, resolve, { keepAlive: true });
    });
    return this.#closing;
  }

  #link(socket: Socket): TcpLink {
    const link = new TcpLink(this.#platform, socket, this.#limits, (ended) =>
      this.#links.delete(ended),
    );
    this.#links.add(link);
    return link;
  }

  #accept(socket: Socket): void {
    const accept = this.#accepting;
    if (this.#closing !== undefined || accept === undefined) {
      socket.destroy();
      return;
    }
    const link = this.#link(socket);
    try {
      link.gate.attach(accept(link));
    } catch (error) {
      this.#platform.log.error('a link was turned away: accept threw', { error });
      link.breakOff('violated');
      return;
    }
    link.open();
  }
}

function explained(error: Error, port: number): Error {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return error;
  const also = port === ERLANG_PORT ? " (Erlang's epmd uses it too)" : '';
  const why = `port ${port} is taken${also}; choose another { port }, or 0 for one that is free`;
  return new Error(why, { cause: error });
}

const ERLANG_PORT = 4369;
