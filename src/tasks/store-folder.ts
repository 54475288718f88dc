import { mkdirSync } from 'node:fs';
import { type Database, open, type RootDatabase } from 'lmdb';
import { Packr } from 'msgpackr';
import { deferred, type Deferred } from '../base/deferred.js';
import { toError } from '../base/errors.js';
import type { Platform, Timer } from '../platform/platform.js';
import { type FolderHold, type Holder, holdFolder } from './store-hold.js';
import type { TaskStore, UntoldResults } from './store.js';
import type { LedgerChange, LedgerSnapshot, TaskRecord } from './task-record.js';
import { StoreInUseError, StoreOpenError } from './task-error.js';
import type { Task } from './task.js';

/**
 * Keeps a ledger in a folder, which is made when it is missing. A write is over when the database
 * has committed it: it survives the end of the process, however that comes. What is written while a
 * commit is under way goes into the next one, so that many changes share one way to the disk.
 *
 * One coordinator at a time may use a folder: rejects with StoreInUseError while another one does,
 * and with StoreOpenError when there can be no database in it.
 */
export async function folderStore(path: string, options: FolderOptions): Promise<TaskStore> {
  const root = openRoot(path);
  try {
    const holders = root.openDB<Holder, string>({ name: 'holders', encoding: 'msgpack' });
    const hold = await holdFolder(path, holders, options.platform.entropy);
    return new FolderStore({ root, hold }, options);
  } catch (error) {
    await root.close();
    throw error instanceof StoreInUseError ? error : new StoreOpenError(path, toError(error));
  }
}

// A name such as `tasks.db` is a folder's too.
function openRoot(path: string): RootDatabase {
  try {
    mkdirSync(path, { recursive: true });
    return open({ path, maxDbs: 8, noSubdir: false });
  } catch (error) {
    throw new StoreOpenError(path, toError(error));
  }
}

export interface FolderOptions {
  readonly platform: Pick<Platform, 'entropy' | 'timers'>;
  /** Whether every result is noted until it is told; see `untold`. */
  readonly keepsUntold: boolean;
}

class FolderStore implements TaskStore {
  readonly untold?: UntoldResults;
  readonly #root: RootDatabase;
  readonly #hold: FolderHold;
  readonly #timers: Platform['timers'];
  /** What workers are handed, by number. It may be large, and it never changes. */
  readonly #tasks: Database<Buffer, number>;
  readonly #records: Database<Buffer, number>;
  readonly #numbers: Database<number, string>;
  /** Results that nobody took yet, by number. */
  readonly #untold: Database<true, number>;
  // Records would repeat their definition in every value.
  readonly #packr = new Packr({ useRecords: false });
  #next = new Batch();
  #telling: Timer | undefined;
  #isCommitting = false;
  #committed: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(
    { root, hold }: { readonly root: RootDatabase; readonly hold: FolderHold },
    { platform, keepsUntold }: FolderOptions,
  ) {
    this.#root = root;
    this.#hold = hold;
    this.#timers = platform.timers;
    this.#tasks = root.openDB({ name: 'tasks', encoding: 'binary' });
    this.#records = root.openDB({ name: 'records', encoding: 'binary' });
    this.#numbers = root.openDB({ name: 'numbers', encoding: 'msgpack' });
    this.#untold = root.openDB({ name: 'untold', encoding: 'msgpack' });
    if (keepsUntold) {
      this.untold = {
        list: () => [...this.#untold.getKeys()],
        told: (seq) => this.#told(seq),
      };
    }
  }

  load(): LedgerSnapshot | undefined {
    let seq = this.#numbers.get(SEQ) ?? 0;
    const records: TaskRecord[] = [];
    for (const { key, value } of this.#records.getRange()) {
      const task = this.#tasks.get(key);
      if (task === undefined) continue;
      const record = this.#packr.unpack(value) as Omit<TaskRecord, 'task'>;
      records.push({ ...record, task: this.#packr.unpack(task) as Task });
      seq = Math.max(seq, key);
    }
    return seq === 0 ? undefined : { seq, records };
  }

  write(changes: readonly LedgerChange[]): Promise<void> {
    const batch = this.#next;
    for (const change of changes) batch.add(change);
    this.#commitNext();
    return batch.stored.promise;
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
        await this.#root.transaction(() => {
          batch = this.#next;
          this.#next = new Batch();
          this.#put(batch);
        });
        batch.stored.resolve();
      } catch (error) {
        if (batch === this.#next) this.#next = new Batch();
        batch.stored.reject(error);
      }
    }
    this.#isCommitting = false;
  }

  #put({ tasks, records, forgotten, completed, told }: Batch): void {
    // They stand as they are now: nothing that changed since is missing in this batch.
    for (const { seq, task } of tasks) void this.#tasks.put(seq, this.#packr.pack(task));
    for (const { task: _task, ...record } of records) {
      void this.#records.put(record.seq, this.#packr.pack(record));
    }
    if (this.untold !== undefined) {
      for (const seq of completed) void this.#untold.put(seq, true);
      for (const seq of [...told, ...forgotten]) void this.#untold.remove(seq);
    }
    for (const seq of forgotten) {
      void this.#records.remove(seq);
      void this.#tasks.remove(seq);
    }
    // The number of a task that is forgotten is not given again.
    const last = Math.max(...forgotten, this.#numbers.get(SEQ) ?? 0);
    if (forgotten.length > 0) void this.#numbers.put(SEQ, last);
  }
}

/** What is to be committed together. */
class Batch {
  readonly tasks: Readonly<TaskRecord>[] = [];
  readonly records = new Set<Readonly<TaskRecord>>();
  readonly forgotten: number[] = [];
  readonly completed: number[] = [];
  readonly told: number[] = [];
  isTellingDue = false;
  readonly stored: Deferred<void> = deferred();

  constructor() {
    // Whoever wrote hears of a failure; nobody else has to.
    this.stored.promise.catch(() => undefined);
  }

  /** Whether there is nothing to go to the disk for. */
  get isEmpty(): boolean {
    const telling = this.isTellingDue ? this.told.length : 0;
    return this.records.size + this.forgotten.length + telling === 0;
  }

  add(change: LedgerChange): void {
    if (change.kind === 'forget') {
      this.forgotten.push(change.seq);
    } else {
      this.records.add(change.record);
      if (change.from === undefined) this.tasks.push(change.record);
      if (change.step.state === 'completed') this.completed.push(change.record.seq);
    }
  }
}

const SEQ = 'seq';
const TOLD_MS = 1000;
