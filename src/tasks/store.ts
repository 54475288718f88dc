import type { LedgerChange, LedgerSnapshot } from './task-record.js';

/** Where a coordinator keeps its ledger. */
export interface TaskStore {
  /** What was written so far; undefined when that is nothing. */
  load(): LedgerSnapshot | undefined;
  /**
   * Takes changes, in order, copying what it needs before it returns. Resolves when they survive
   * the end of the process; undefined when they never will.
   */
  write(changes: readonly LedgerChange[]): Promise<void> | undefined;
  close(): Promise<void>;
}

/** Keeps nothing: what a coordinator knows ends with its process. */
export function forgetfulStore(): TaskStore {
  return {
    load: () => undefined,
    write: () => undefined,
    close: () => Promise.resolve(),
  };
}
