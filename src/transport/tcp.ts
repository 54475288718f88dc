import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Platform } from '../platform/platform.js';
import { ListenError } from '../platform/transport.js';
import type { Address, Link, LinkEvents, Transport } from '../platform/transport.js';
import { FailedLink } from './failed-link.js';
import { Strangers } from './strangers.js';
import { formatAddress, parseAddress, remoteOf } from './tcp-address.js';
import { TcpLink, type TcpLinkLimits } from './tcp-link.js';
import { type TlsOptions, tlsClientOptions, tlsServerOptions, wrongCertificate } from './tls.js';

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
  /** How long an accepted connection may take to begin its TLS; 5000 by default. */
  readonly tlsTimeoutMs?: number;
  /** What accepted links may do until `trust` is called for them; as much as others by default. */
  readonly strangers?: StrangerLimits;
  /** From how many bytes on `send` says false; 1 MiB by default. */
  readonly highWaterBytes?: number;
  /** Down to how many bytes a full link has to empty before it drains; a quarter of the above. */
  readonly lowWaterBytes?: number;
}

export interface StrangerLimits {
  /** How many there may be; the oldest is dropped for one too many. */
  readonly max: number;
  /** The largest frame in bytes that one may send. */
  readonly frameBytesMax: number;
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
  readonly #strangers: Strangers;
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
    this.#strangers = new Strangers(options.platform, options.strangers?.max ?? Infinity);
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

  /** How many accepted connections there are that nobody trusts yet. */
  get strangerCount(): number {
    return this.#strangers.count;
  }

  #bind(): Promise<number> {
    const { host = '127.0.0.1', port = 0, tls } = this.#options;
    const { tlsTimeoutMs = 5000 } = this.#options;
    const isTls = tls !== undefined;
    const server = isTls ? createTlsServer(tlsServerOptions(tls, tlsTimeoutMs)) : createServer();
    this.#server = server;
    // Before its TLS, which it may never begin.
    server.on('connection', (socket: Socket) => this.#strangers.arrived(socket));
    if (!isTls) server.on('connection', (socket: Socket) => this.#accept(socket));
    server.on('secureConnection', (socket: TLSSocket) => {
      const wrong = tls === undefined ? undefined : wrongCertificate(socket, tls);
      if (wrong === undefined) this.#accept(socket);
      else this.#turnAway(socket, wrong);
    });
    server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
      this.#turnAway(socket, error);
    });
    return new Promise((resolve, reject) => {
      server.once('error', (error: Error) => {
        this.#port = undefined;
        reject(new ListenError(formatAddress({ host, port }), explained(error, port)));
      });
      server.listen({ host, port }, () => {
        // From here on it is about one connection that could not be taken, as without a file left.
        server.removeAllListeners('error').on('error', (error: Error) => {
          this.#platform.log.error('a dial was not taken', { error });
        });
        resolve((server.address() as AddressInfo).port);
      });
    });
  }

  #turnAway(socket: TLSSocket, error: NodeJS.ErrnoException): void {
    const { log } = this.#platform;
    const about = { from: remoteOf(socket), error };
    // Who looks whether somebody is there does no more than this, and nor does one that is dropped.
    if (error.code === 'ECONNRESET') log.info('a dial ended before its TLS stood', about);
    else log.warn('a dial was turned away: no TLS that is valid here', about);
    // One that is late stays, if it is left to Node.
    socket.destroy();
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
    if (tls !== undefined) this.#explain(socket, address);
    const link = this.#link(socket, this.#limits);
    link.gate.attach(events);
    link.waitAtMost(dialTimeoutMs);
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => link.open());
    return link;
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#server?.close();
      for (const link of [...this.#links]) link.close();
      this.#strangers.close();
      // Set after the timers that tell each link, and due with them: it fires last.
      this.#platform.timers.after(0, resolve, { keepAlive: true });
    });
    return this.#closing;
  }

  /** Says why a dial came to nothing where the close reason does not. */
  #explain(socket: Socket, address: Address): void {
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.syscall !== undefined) return;
      const { log } = this.#platform;
      log.warn('a dial failed: no TLS that is valid on both sides', { address, error });
    });
  }

  #link(socket: Socket, limits: TcpLinkLimits, trusted?: () => void): TcpLink {
    const ended = (link: TcpLink): void => void this.#links.delete(link);
    const listener = trusted === undefined ? { ended } : { ended, trusted };
    const link = new TcpLink(this.#platform, socket, limits, listener);
    this.#links.add(link);
    return link;
  }

  #accept(socket: Socket): void {
    const accept = this.#accepting;
    if (this.#closing !== undefined || accept === undefined) {
      socket.destroy();
      return;
    }
    const { strangers } = this.#options;
    const limits = { ...this.#limits, strangerFrameBytesMax: strangers?.frameBytesMax };
    const link = this.#link(socket, limits, () => this.#strangers.trust(socket));
    this.#strangers.linked(socket, () => link.drop());
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
