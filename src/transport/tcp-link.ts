import type { Socket } from 'node:net';
import { nextTick } from 'node:process';
import { TLSSocket } from 'node:tls';
import type { Platform, Timer } from '../platform/platform.js';
import type { CloseReason, Link } from '../platform/transport.js';
import { EventGate } from './event-gate.js';
import { FrameSplitter, PREFIX_BYTES, Piece, writePrefix } from './framing.js';
import { Deque } from '../base/deque.js';
import type { FlowLimits } from './port-link.js';
import { remoteOf } from './tcp-address.js';

export interface TcpLinkLimits extends FlowLimits {
  /** A frame that claims to be larger breaks the protocol. */
  readonly frameBytesMax: number;
  /** The same until the other side is trusted; `frameBytesMax` when absent. */
  readonly strangerFrameBytesMax?: number | undefined;
}

/** What its transport wants to know of a link. */
export interface TcpLinkListener {
  /** The link is over; its socket may stay for a moment. */
  ended(link: TcpLink): void;
  trusted?(): void;
}

/**
 * One end of a link over a TCP or TLS socket.
 *
 * What is sent in one turn of the event loop goes out as one write: small frames are gathered into
 * blocks. A large frame goes out in pieces, as the socket has room, and what is sent after it
 * waits; only an urgent frame goes in between. A link that closes sends what it still has, and
 * reads on without listening until the other side has closed too: a socket that is shut with bytes
 * unread would take back what was sent.
 */
export class TcpLink implements Link {
  readonly gate: EventGate;
  readonly #platform: Pick<Platform, 'timers' | 'log'>;
  readonly #socket: Socket;
  readonly #limits: TcpLinkLimits;
  readonly #splitter: FrameSplitter;
  readonly #listener: TcpLinkListener;
  readonly #deliver = (frame: Uint8Array): void => {
    if (!this.#hasEnded) this.gate.frame(frame);
  };
  #patience: Timer | undefined;
  #block: Uint8Array = NOTHING;
  #used = 0;
  /** Frames that wait for the socket: the first of them may be sent in part. */
  readonly #backlog = new Deque<{ readonly frame: Uint8Array; sent: number }>();
  #backlogBytes = 0;
  #isCorked = false;
  #isFull = false;
  #isOpen = false;
  #remote: string | undefined;
  #hasEnded = false;

  constructor(
    platform: Pick<Platform, 'timers' | 'log'>,
    socket: Socket,
    limits: TcpLinkLimits,
    listener: TcpLinkListener,
  ) {
    this.#platform = platform;
    this.#socket = socket;
    this.#limits = limits;
    this.#splitter = new FrameSplitter(limits.strangerFrameBytesMax ?? limits.frameBytesMax);
    this.#listener = listener;
    this.gate = new EventGate(platform.log, () => this.breakOff('violated'));
    socket.setNoDelay(true);
    socket.on('data', (chunk: Uint8Array) => this.#arrived(chunk));
    socket.on('end', () => this.#end(this.#splitter.isAtBoundary ? 'closed-there' : 'lost'));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
    socket.on('close', () => this.#end(this.#isOpen ? 'lost' : 'unreachable'));
  }

  send(frame: Uint8Array): boolean {
    if (this.#hasEnded) return false;
    this.#cork();
    if (frame.length > PIECE_BYTES || this.#backlog.length > 0) {
      this.#backlog.push({ frame, sent: 0 });
      this.#backlogBytes += PREFIX_BYTES + frame.length;
    } else {
      this.#write(frame, Piece.last);
    }
    return this.#hasRoom();
  }

  sendUrgent(frame: Uint8Array): boolean {
    if (this.#hasEnded) return false;
    this.#cork();
    this.#write(frame, Piece.urgent);
    return this.#hasRoom();
  }

  close(): void {
    if (this.#hasEnded) return;
    this.#release();
    this.#platform.timers.after(0, () => this.gate.close('closed-here'), { keepAlive: true });
  }

  get remote(): string | undefined {
    return this.#remote;
  }

  /** The exporter of RFC 9266: whoever ends the TLS on the way has another one on either side. */
  binding(): Uint8Array | undefined {
    if (!(this.#socket instanceof TLSSocket) || this.#socket.destroyed) return undefined;
    return this.#socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
  }

  trust(): void {
    this.#splitter.frameBytesMax = this.#limits.frameBytesMax;
    this.#listener.trusted?.();
  }

  /** The connection stands. */
  open(): void {
    if (this.#hasEnded) return;
    this.#remote = remoteOf(this.#socket);
    this.#isOpen = true;
    this.#patience?.cancel();
    this.gate.open();
  }

  /** Gives a dial that nobody answers so long. */
  waitAtMost(timeoutMs: number): void {
    this.#patience = this.#platform.timers.after(
      timeoutMs,
      () => {
        this.#end('unreachable');
        this.#socket.destroy();
      },
      { keepAlive: true },
    );
  }

  /** Ends the link and its socket at once: what is under way is lost. */
  drop(): void {
    this.breakOff('closed-here');
    this.#socket.destroy();
  }

  /** Ends the link from this side, though nobody called `close`. */
  breakOff(reason: CloseReason): void {
    if (this.#hasEnded) return;
    this.#release();
    this.gate.close(reason);
  }

  get #waitingBytes(): number {
    return this.#socket.writableLength + this.#used + this.#backlogBytes;
  }

  #hasRoom(): boolean {
    if (this.#waitingBytes >= this.#limits.highWaterBytes) this.#isFull = true;
    return !this.#isFull;
  }

  #arrived(chunk: Uint8Array): void {
    if (this.#hasEnded || this.#splitter.push(chunk, this.#deliver)) return;
    // A frame before it may have been the end already: one line says why.
    if (this.#hasEnded) return;
    const { frameBytesMax } = this.#splitter;
    const from = this.#remote;
    this.#platform.log.warn('a link ends: a frame claims to be larger than it may', {
      from,
      frameBytesMax,
    });
    this.breakOff('violated');
  }

  #failed(error: NodeJS.ErrnoException): void {
    // A dial may be let in and reset before this process saw it open: the other one is ending.
    if (this.#isOpen || error.code === 'ECONNRESET') this.#end('lost');
    else this.#end(error.code === 'ECONNREFUSED' ? 'refused' : 'unreachable');
  }

  /** The other side, or the network, ended it. */
  #end(reason: CloseReason): void {
    if (this.#hasEnded) return;
    this.#release();
    this.gate.close(reason);
  }

  #release(): void {
    this.#hasEnded = true;
    this.#patience?.cancel();
    this.#pump(Infinity);
    this.#writeBlock();
    this.#block = NOTHING;
    this.#uncork();
    this.#linger();
    this.#listener.ended(this);
  }

  // What was written holds the process alive until the system has it; the answer does not.
  #linger(): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    const late = this.#platform.timers.after(LINGER_MS, () => socket.destroy());
    socket.once('close', () => late.cancel());
    socket.end(() => socket.unref());
    socket.resume();
  }

  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#socket.cork();
    // After all promises of this turn: what they send goes out with the rest.
    nextTick(this.#flush);
  }

  readonly #flush = (): void => {
    if (this.#hasEnded) return;
    this.#pump(SOCKET_BYTES);
    this.#writeBlock();
    this.#uncork();
  };

  #uncork(): void {
    if (!this.#isCorked) return;
    this.#isCorked = false;
    this.#socket.uncork();
  }

  /** Writes pieces of what waits until the socket holds so many bytes. */
  #pump(untilBytes: number): void {
    for (let head = this.#backlog.peek(); head !== undefined; head = this.#backlog.peek()) {
      if (this.#socket.writableLength + this.#used >= untilBytes) return;
      const { frame, sent } = head;
      const piece = frame.subarray(sent, sent + PIECE_BYTES);
      head.sent += piece.length;
      const isLast = head.sent === frame.length;
      this.#write(piece, isLast ? Piece.last : Piece.more);
      this.#backlogBytes -= piece.length;
      if (!isLast) continue;
      this.#backlogBytes -= PREFIX_BYTES;
      this.#backlog.shift();
    }
  }

  #write(piece: Uint8Array, kind: Piece): void {
    const size = PREFIX_BYTES + piece.length;
    const isLarge = size > LARGE_BYTES;
    if (this.#used + (isLarge ? PREFIX_BYTES : size) > this.#block.length) this.#writeBlock();
    writePrefix(this.#block, this.#used, piece.length, kind);
    this.#used += PREFIX_BYTES;
    if (isLarge) {
      this.#writeBlock();
      this.#socket.write(piece, this.#written);
    } else {
      this.#block.set(piece, this.#used);
      this.#used += piece.length;
    }
  }

  #writeBlock(): void {
    if (this.#used > 0) {
      this.#socket.write(this.#block.subarray(0, this.#used), this.#written);
      // What is left of the block is used by the frames to come.
      this.#block = this.#block.subarray(this.#used);
      this.#used = 0;
    }
    if (this.#block.length < LARGE_BYTES) this.#block = new Uint8Array(BLOCK_BYTES);
  }

  readonly #written = (): void => {
    if (this.#hasEnded) return;
    if (this.#backlog.length > 0) this.#cork();
    if (!this.#isFull || this.#waitingBytes > this.#limits.lowWaterBytes) return;
    this.#isFull = false;
    this.gate.drain();
  };
}

const NOTHING = new Uint8Array(0);
const BLOCK_BYTES = 65_536;
const LARGE_BYTES = 8192;
const PIECE_BYTES = 65_536;
// How far the socket is filled with a large frame: an urgent one waits behind that much.
const SOCKET_BYTES = 262_144;
// How long the other side may take to close its half.
const LINGER_MS = 5000;
