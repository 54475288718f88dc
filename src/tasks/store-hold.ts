import { closeSync, openSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from 'lmdb';
import type { Entropy } from '../platform/platform.js';
import { drawnDigits } from './drawn-digits.js';
import { StoreInUseError } from './task-error.js';

/** The right to a folder: one process has it at a time. */
export interface FolderHold {
  release(): Promise<void>;
}

/** Who has a folder, as its database tells it. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Where it listens for as long as it lives. */
  readonly socket: string;
}

/**
 * Takes a folder, or rejects with StoreInUseError when it is another's.
 *
 * The holder is written down in the folder's own database, whose transactions settle who came
 * first. It has the folder for as long as the socket that it named is listened to: the kernel ends
 * that with the process, however the process ends, keeps it while the process is stopped, and
 * confuses it with no later process of the same number, nor with one of another container.
 */
export async function holdFolder(
  path: string,
  holders: Database<Holder, string>,
  entropy: Entropy,
): Promise<FolderHold> {
  const place = new SocketPlace(path);
  const name = `holder-${drawnDigits(entropy, 8)}`;
  const mine = { pid: process.pid, host: hostname(), socket: place.nameOf(name) };
  let server: Server | undefined;
  const release = async (): Promise<void> => {
    await closed(server);
    place.close();
  };
  try {
    // Whoever finds the name has to find the socket too.
    server = await listening(place.addressOf(mine.socket));
    await take(path, { holders, mine, place });
  } catch (error) {
    await release();
    throw error;
  }
  return { release };
}

interface Taking {
  readonly holders: Database<Holder, string>;
  readonly mine: Holder;
  readonly place: SocketPlace;
}

async function take(path: string, { holders, mine, place }: Taking): Promise<void> {
  let gone: Holder | undefined;
  for (;;) {
    const other = holders.transactionSync(() => {
      const found = holders.get(HOLDER);
      if (found !== undefined && found.socket !== gone?.socket) return found;
      holders.putSync(HOLDER, mine);
      return undefined;
    });
    if (gone !== undefined) rmSync(place.addressOf(gone.socket), { force: true });
    if (other === undefined) return;
    if (await isListenedTo(place.addressOf(other.socket))) {
      const where = other.host === mine.host ? '' : ` of ${other.host}`;
      throw new StoreInUseError(path, other.pid, where);
    }
    gone = other;
  }
}

/**
 * Where the sockets of a folder are. On Linux they are in the folder itself, so that whoever sees
 * the folder sees them, and they are reached through its descriptor, since the address of a socket
 * has room for 107 bytes and a path may be longer. Elsewhere they are where the system keeps such.
 */
class SocketPlace {
  readonly #folder: number | undefined;

  constructor(path: string) {
    this.#folder = process.platform === 'linux' ? openSync(path, 'r') : undefined;
  }

  nameOf(name: string): string {
    if (this.#folder !== undefined) return name;
    if (process.platform === 'win32') return `\\\\.\\pipe\\faultline-${name}`;
    return join(tmpdir(), `faultline-${name}`);
  }

  addressOf(name: string): string {
    return this.#folder === undefined ? name : `/proc/self/fd/${this.#folder}/${name}`;
  }

  close(): void {
    if (this.#folder !== undefined) closeSync(this.#folder);
  }
}

function listening(address: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // A finished program does not live on for it.
    server.listen(address, () => resolve(server)).unref();
  });
}

function closed(server: Server | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (server === undefined) resolve();
    else server.close(() => resolve());
  });
}

function isListenedTo(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // Anything else, such as a holder that is too busy to answer, is no proof of its end.
    socket.once('error', ({ code = '' }: NodeJS.ErrnoException) => resolve(!GONE.has(code)));
  });
}

const HOLDER = 'holder';
const GONE = new Set(['ECONNREFUSED', 'ENOENT']);
