import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { asBinary, type Database, open, type RootDatabase } from 'lmdb';
import { toError } from '../base/errors.js';
import type { Platform, Timer } from '../platform/platform.js';
import { misfitOf } from './misfit.js';
import { Batch } from './store-batch.js';
import { committed, pastFailure } from './store-commit.js';
import { damageOf } from './store-file.js';
import { type FolderHold, type Holder, holdFolder } from './store-hold.js';
import type { TaskStore, UntoldResults } from './store.js';
import { fromStored, STORED_LAYOUT, type StoredRecord, toStored } from './stored-record.js';
import type { LedgerChange, LedgerSnapshot, TaskRecord } from './task-record.js';
import {
  StoreInUseError,
  StoreLayoutError,
  StoreOpenError,
  StoreWriteError,
} from './task-error.js';
import type { Task } from './task.js';

/**
 * Keeps a ledger in a folder, which is made when it is missing. A write is over when the database
 * has committed it: it survives the end of the process, however that comes. What is written while a
 * commit is under way goes into the next one, so that many changes share one way to the disk.
 *
 * One coordinator at a time may use a folder: rejects with StoreInUseError while another one does,
 * with StoreLayoutError when its tasks are kept in a way that this version does not know, and with
 * StoreOpenError when there can be no database in it.
 */
export async function folderStore(path: string, options: FolderOptions): Promise<TaskStore> {
  const root = openRoot(path);
  try {
    const holders = root.openDB<Holder, string>({ name: 'holders', encoding: 'msgpack' });
    settleLayout(path, root);
    const hold = await holdFolder(path, holders, options.platform.entropy);
    return new FolderStore({ path, root, hold }, options);
  } catch (error) {
    await root.close();
    const isOurs = error instanceof StoreInUseError || error instanceof StoreLayoutError;
    throw isOurs ? error : new StoreOpenError(path, toError(error));
  }
}

/** Marks a new folder with the layout of its tasks; throws where tasks lie in another one. */
function settleLayout(path: string, root: RootDatabase): void {
  const numbers = numbersIn(root);
  const layout = numbers.get(LAYOUT);
  if (layout === STORED_LAYOUT) return;
  const tasks = root.openDB<unknown, number>({ ...VALUES, name: 'tasks' });
  const [anyTask] = tasks.getKeys({ limit: 1 });
  if (layout !== undefined || anyTask !== undefined) {
    throw new StoreLayoutError(path, layout, STORED_LAYOUT);
  }
  numbers.putSync(LAYOUT, STORED_LAYOUT);
}

function numbersIn(root: RootDatabase): Database<number, string> {
  return root.openDB({ name: 'numbers', encoding: 'msgpack' });
}

// A name such as `tasks.db` is a folder's too.
function openRoot(path: string): RootDatabase {
  try {
    makeFolder(path);
    const damage = damageOf(join(path, 'data.mdb'));
    if (damage !== undefined) throw new StoreOpenError(path, new Error(damage), DAMAGED);
    // One transaction goes at a time; what would begin a batch of them leaves a promise that nobody
    // can catch when a commit fails.
    return open({ path, maxDbs: 8, noSubdir: false, eventTurnBatching: false });
  } catch (error) {
    throw error instanceof StoreOpenError ? error : new StoreOpenError(path, toError(error));
  }
}

// Where nothing can be made, as in /proc, Node goes on for ever to make several levels: the first
// that is missing is made by itself.
function makeFolder(path: string): void {
  let missing: string | undefined;
  for (let at = resolve(path); !existsSync(at); at = dirname(at)) missing = at;
  try {
    if (missing !== undefined) mkdirSync(missing);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  mkdirSync(path, { recursive: true });
}

export interface FolderOptions {
  readonly platform: Pick<Platform, 'entropy' | 'timers'>;
  /** Whether every result is noted until it is told; see `untold`. */
  readonly keepsUntold: boolean;
}

interface OpenFolder {
  readonly path: string;
  readonly root: RootDatabase;
  readonly hold: FolderHold;
}

class FolderStore implements TaskStore {
  readonly untold?: UntoldResults;
  readonly #path: string;
  readonly #root: RootDatabase;
  readonly #hold: FolderHold;
  readonly #timers: Platform['timers'];
  /** What workers are handed, by number. It may be large, and it never changes. */
  readonly #tasks: Database<Task, number>;
  readonly #records: Database<StoredRecord, number>;
  readonly #numbers: Database<number, string>;
  /** Results that nobody took yet, by number. */
  readonly #untold: Database<true, number>;
  #next = new Batch();
  #telling: Timer | undefined;
  #isCommitting = false;
  /** What every write is refused with since one failed. */
  #refusal: Promise<never> | undefined;
  #committed: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor({ path, root, hold }: OpenFolder, { platform, keepsUntold }: FolderOptions) {
    this.#path = path;
    this.#root = root;
    this.#hold = hold;
    this.#timers = platform.timers;
    this.#tasks = root.openDB({ ...VALUES, name: 'tasks' });
    this.#records = root.openDB({ ...VALUES, name: 'records' });
    this.#numbers = numbersIn(root);
    this.#untold = root.openDB({ name: 'untold', encoding: 'msgpack' });
    if (keepsUntold) {
      this.untold = {
        list: () => [...this.#untold.getKeys()],
        told: (seq) => this.#told(seq),
      };
    }
  }

  async load(): Promise<LedgerSnapshot | undefined> {
    // What a former ledger wrote is stored by then, or refused for good.
    await this.#committed;
    let seq = this.#numbers.get(SEQ) ?? 0;
    const records: TaskRecord[] = [];
    for (const { key, value } of this.#records.getRange()) {
      const task = this.#tasks.get(key);
      if (task === undefined) continue;
      records.push(fromStored(value, key, task));
      seq = Math.max(seq, key);
    }
    return seq === 0 ? undefined : { seq, records };
  }

  misfit(value: unknown): string | undefined {
    return misfitOf(value, (odd) => pack(this.#tasks, odd));
  }

  write(changes: readonly LedgerChange[]): Promise<void> {
    if (this.#refusal !== undefined) return this.#refusal;
    const batch = this.#next;
    for (const change of changes) batch.add(change);
    this.#commitNext();
    return batch.stored.promise;
  }

  recover(): Promise<void> {
    this.#refusal = undefined;
    this.#next.isProbe = true;
    return this.write([]);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#telling?.cancel();
    this.#next.isTellingDue = true;
    this.#commitNext();
    await this.#committed;
    try {
      if (this.#refusal !== undefined) await pastFailure(this.#root, this.#timers);
      await this.#root.close();
    } finally {
      await this.#hold.release();
    }
  }

  // It goes with the next changes, or alone if there are none: no worker waits for it.
  #told(seq: number): void {
    if (this.#closed !== undefined) return;
    this.#next.told.push(seq);
    this.#telling ??= this.#timers.after(TOLD_MS, () => {
      this.#telling = undefined;
      this.#next.isTellingDue = true;
      this.#commitNext();
    });
  }

  #commitNext(): void {
    if (!this.#isCommitting) this.#committed = this.#commit();
  }

  async #commit(): Promise<void> {
    this.#isCommitting = true;
    while (!this.#next.isEmpty) {
      let batch = this.#next;
      try {
        await committed(this.#root, this.#timers, () => {
          batch = this.#next;
          this.#next = new Batch();
          this.#put(batch);
        });
        batch.stored.resolve();
      } catch (error) {
        this.#fail(batch, toError(error));
      }
    }
    this.#isCommitting = false;
  }

  // What came meanwhile stands on what was not stored: it is refused too, and so is all that comes
  // before somebody has read what is there.
  #fail(batch: Batch, cause: Error): void {
    const refusal = Promise.reject(new StoreWriteError(this.#path, cause));
    refusal.catch(() => undefined);
    this.#refusal = refusal;
    const next = this.#next;
    this.#next = new Batch();
    for (const failed of new Set([batch, next])) {
      failed.stored.resolve(refusal);
      this.#next.told.push(...failed.told);
    }
  }

  #put(batch: Batch): void {
    const { forgotten, completed, told } = batch;
    // They stand as they are now: nothing that changed since is missing in this batch. All is
    // packed before anything is put, as what was put before a throw would be committed.
    const tasks = batch.tasks.map(({ seq, task }) => [seq, pack(this.#tasks, task)] as const);
    const records = Array.from(batch.records, (record) => {
      return [record.seq, pack(this.#records, toStored(record))] as const;
    });
    for (const [seq, packed] of tasks) void this.#tasks.put(seq, packed as never);
    for (const [seq, packed] of records) void this.#records.put(seq, packed as never);
    if (this.untold !== undefined) {
      for (const seq of completed) void this.#untold.put(seq, true);
      for (const seq of told) void this.#untold.remove(seq);
      for (const seq of forgotten) void this.#untold.remove(seq);
    }
    this.#forget(forgotten);
    if (batch.isProbe) void this.#numbers.put(LAYOUT, STORED_LAYOUT);
  }

  #forget(forgotten: readonly number[]): void {
    if (forgotten.length === 0) return;
    let last = this.#numbers.get(SEQ) ?? 0;
    for (const seq of forgotten) {
      void this.#records.remove(seq);
      void this.#tasks.remove(seq);
      last = Math.max(last, seq);
    }
    // The number of a task that is forgotten is not given again.
    void this.#numbers.put(SEQ, last);
  }
}

/** The bytes of a value, for `put`. Throws for what cannot be packed. */
function pack(database: object, value: unknown): Binary {
  const { encoder } = database as { readonly encoder: Encoder };
  return asBinary(encoder.encode(value));
}

interface Encoder {
  encode(value: unknown): Uint8Array;
}

type Binary = ReturnType<typeof asBinary>;

// What a coordinator did not make has its names in every value: no two need be alike.
const VALUES = { encoding: 'msgpack', encoder: { useRecords: false } } as const;
const DAMAGED = 'put a copy of its data.mdb back that is whole, or name another folder';
const LAYOUT = 'layout';
const SEQ = 'seq';
const TOLD_MS = 1000;
