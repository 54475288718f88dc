import { mkdirSync } from 'node:fs';
import { type Database, open, type RootDatabase } from 'lmdb';
import { Packr } from 'msgpackr';
import { deferred, type Deferred } from '../base/deferred.js';
import type { TaskStore } from './store.js';
import type { LedgerChange, LedgerSnapshot, TaskRecord } from './task-record.js';
import type { Task } from './task.js';

/**
 * Keeps a ledger in a folder, which is made when it is missing. A write is over when the database
 * has committed it: it survives the end of the process, however that comes. What is written while a
 * commit is under way goes into the next one, so that many changes share one way to the disk.
 *
 * One coordinator at a time may use a folder.
 */
export function folderStore(path: string): TaskStore {
  mkdirSync(path, { recursive: true });
  return new FolderStore(open({ path, maxDbs: 4 }));
}

class FolderStore implements TaskStore {
  readonly #root: RootDatabase;
  /** What workers are handed, by number. It may be large, and it never changes. */
  readonly #tasks: Database<Buffer, number>;
  readonly #records: Database<Buffer, number>;
  readonly #numbers: Database<number, string>;
  readonly #packr = new Packr();
  #next = new Batch();
  #isCommitting = false;
  #closed: Promise<void> | undefined;

  constructor(root: RootDatabase) {
    this.#root = root;
    this.#tasks = root.openDB({ name: 'tasks', encoding: 'binary' });
    this.#records = root.openDB({ name: 'records', encoding: 'binary' });
    this.#numbers = root.openDB({ name: 'numbers', encoding: 'msgpack' });
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
    if (!this.#isCommitting) void this.#commit();
    return batch.stored.promise;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    if (!this.#next.isEmpty || this.#isCommitting) {
      await this.#next.stored.promise.catch(() => undefined);
    }
    await this.#root.close();
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

  #put({ tasks, records, forgotten }: Batch): void {
    // They stand as they are now: nothing that changed since is missing in this batch.
    for (const { seq, task } of tasks) void this.#tasks.put(seq, this.#packr.pack(task));
    for (const { task: _task, ...record } of records) {
      void this.#records.put(record.seq, this.#packr.pack(record));
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
  readonly stored: Deferred<void> = deferred();

  constructor() {
    // Whoever wrote hears of a failure; nobody else has to.
    this.stored.promise.catch(() => undefined);
  }

  get isEmpty(): boolean {
    return this.records.size === 0 && this.forgotten.length === 0;
  }

  add(change: LedgerChange): void {
    if (change.kind === 'forget') {
      this.forgotten.push(change.seq);
    } else {
      this.records.add(change.record);
      if (change.from === undefined) this.tasks.push(change.record);
    }
  }
}

const SEQ = 'seq';
