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
  /** Missing when nobody is to be told of results, and where nothing outlives the process. */
  readonly untold?: UntoldResults;
}

/** Results that are stored and that whoever wants them has not taken. Tasks go by their numbers. */
export interface UntoldResults {
  /** In the order the tasks were added. */
  list(): readonly number[];
  /** Forgets one, a while later: a process that is killed meanwhile finds it again. */
  told(seq: number): void;
}

/** Keeps nothing: what a coordinator knows ends with its process. */
export function forgetfulStore(): TaskStore {
  return {
    load: () => undefined,
    write: () => undefined,
    close: () => Promise.resolve(),
  };
}
