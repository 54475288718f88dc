import { mkdirSync } from 'node:fs';
import { open, type RootDatabase } from 'lmdb';
import { compareCodeUnits } from '../../base/compare.js';
import type { Store } from '../../platform/platform.js';

/** A {@link Store} in a folder. One process at a time may use it; the next one is refused. */
export class TaskStore implements Store {
  readonly #database: RootDatabase<Uint8Array, string>;
  /** What was put and is not committed yet: the database does not show it before. */
  readonly #fresh = new Map<string, Uint8Array>();

  constructor(path: string) {
    mkdirSync(path, { recursive: true });
    this.#database = open<Uint8Array, string>({ path, encoding: 'binary' });
    this.#database.transactionSync(() => {
      const owner = Number(this.#database.get(OWNER) ?? 0);
      if (owner !== process.pid && isRunning(owner)) {
        throw new Error(`${path} is in use by process ${owner}; end it, or choose another folder`);
      }
      void this.#database.put(OWNER, Buffer.from(`${process.pid}`));
    });
  }

  put(key: string, value: Uint8Array): void {
    this.#fresh.set(key, value);
  }

  get(key: string): Uint8Array | undefined {
    return this.#fresh.get(key) ?? this.#database.get(key);
  }

  *scan(prefix: string): Iterable<readonly [string, Uint8Array]> {
    const entries = new Map<string, Uint8Array>();
    for (const { key, value } of this.#database.getRange({ start: prefix })) {
      if (!key.startsWith(prefix)) break;
      if (key !== OWNER) entries.set(key, value);
    }
    for (const [key, value] of this.#fresh) if (key.startsWith(prefix)) entries.set(key, value);
    yield* [...entries].sort(([one], [other]) => compareCodeUnits(one, other));
  }

  /** All that was put since the last time is there whole, or not at all. */
  async sync(): Promise<void> {
    const entries = [...this.#fresh];
    await this.#database.transaction(() => {
      for (const [key, value] of entries) void this.#database.put(key, Buffer.from(value));
    });
    await this.#database.flushed;
    for (const [key, value] of entries) {
      if (this.#fresh.get(key) === value) this.#fresh.delete(key);
    }
  }

  async close(): Promise<void> {
    await this.sync();
    await this.#database.remove(OWNER);
    await this.#database.close();
  }
}

/** A process that was killed leaves its name behind, and is none that runs. */
function isRunning(pid: number): boolean {
  if (pid === 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const OWNER = '.owner';
