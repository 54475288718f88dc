import { mkdirSync } from 'node:fs';
import { type Database, open, type RootDatabase } from 'lmdb';
import { deferred, type Deferred } from '../base/deferred.js';
import { toError } from '../base/errors.js';
import type { Platform, Timer } from '../platform/platform.js';
import { type FolderHold, type Holder, holdFolder } from './store-hold.js';
import type { TaskStore, UntoldResults } from './store.js';
import { fromStored, STORED_LAYOUT, type StoredRecord, toStored } from './stored-record.js';
import type { LedgerChange, LedgerSnapshot, TaskRecord } from './task-record.js';
import { StoreInUseError, StoreLayoutError, StoreOpenError } from './task-error.js';
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
    await settleLayout(path, root);
    const hold = await holdFolder(path, holders, options.platform.entropy);
    return new FolderStore({ root, hold }, options);
  } catch (error) {
    await root.close();
    const isOurs = error instanceof StoreInUseError || error instanceof StoreLayoutError;
    throw isOurs ? error : new StoreOpenError(path, toError(error));
  }
}

/** Marks a new folder with the layout of its tasks; rejects where tasks lie in another one. */
async function settleLayout(path: string, root: RootDatabase): Promise<void> {
  const numbers = numbersIn(root);
  const layout = numbers.get(LAYOUT);
  if (layout === STORED_LAYOUT) return;
  const tasks = root.openDB<unknown, number>({ ...VALUES, name: 'tasks' });
  const [anyTask] = tasks.getKeys({ limit: 1 });
  if (layout !== undefined || anyTask !== undefined) {
    throw new StoreLayoutError(path, layout, STORED_LAYOUT);
  }
  await numbers.put(LAYOUT, STORED_LAYOUT);
}

function numbersIn(root: RootDatabase): Database<number, string> {
  return root.openDB({ name: 'numbers', encoding: 'msgpack' });
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
  readonly #tasks: Database<Task, number>;
  readonly #records: Database<StoredRecord, number>;
  readonly #numbers: Database<number, string>;
  /** Results that nobody took yet, by number. */
  readonly #untold: Database<true, number>;
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

  load(): LedgerSnapshot | undefined {
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
    for (const { seq, task } of tasks) void this.#tasks.put(seq, task);
    for (const record of records) void this.#records.put(record.seq, toStored(record));
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

// What a coordinator did not make has its names in every value: no two need be alike.
const VALUES = { encoding: 'msgpack', encoder: { useRecords: false } } as const;
const LAYOUT = 'layout';
const SEQ = 'seq';
const TOLD_MS = 1000;
