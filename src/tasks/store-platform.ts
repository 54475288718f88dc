import type { Store } from '../platform/platform.js';
import { misfitOf } from './misfit.js';
import type { TaskStore } from './store.js';
import type { LedgerChange, TaskRecord } from './task-record.js';

/** Keeps a ledger in the store of a node, as JSON: what it holds has to be plain. */
export function platformTaskStore(store: Store): TaskStore {
  return {
    load() {
      const seq = store.get(SEQ_KEY);
      if (seq === undefined) return undefined;
      const records = [...store.scan(RECORD_PREFIX)].filter(([, bytes]) => bytes.length > 0);
      return {
        seq: decode(seq) as number,
        records: records.map(([, bytes]) => decode(bytes) as TaskRecord),
      };
    },
    write(changes) {
      for (const change of changes) put(store, change);
      return store.sync();
    },
    recover: () => store.sync(),
    misfit: (value) => misfitOf(value, JSON.stringify),
    close: () => store.sync(),
  };
}

function put(store: Store, change: LedgerChange): void {
  if (change.kind === 'forget') {
    store.put(keyOf(change.seq), new Uint8Array(0));
    return;
  }
  store.put(keyOf(change.record.seq), encode(change.record));
  if (change.from === undefined) store.put(SEQ_KEY, encode(change.record.seq));
}

function keyOf(seq: number): string {
  return `${RECORD_PREFIX}${String(seq).padStart(SEQ_DIGITS, '0')}`;
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function decode(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}

const RECORD_PREFIX = 'tasks/record/';
const SEQ_KEY = 'tasks/seq';
// As many as the largest safe integer has.
const SEQ_DIGITS = 16;
