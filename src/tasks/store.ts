import type { LedgerChange, LedgerSnapshot } from './task-record.js';

/** Where a coordinator keeps its ledger. */
export interface TaskStore {
  /** What was written so far; undefined when that is nothing. What is being written comes first. */
  load(): Promise<LedgerSnapshot | undefined> | LedgerSnapshot | undefined;
  /**
   * Takes changes, in order, copying what it needs by the time it resolves. That is when they
   * survive the end of the process; undefined when they never will.
   *
   * When it rejects, none of the changes are stored, nor any later ones: until `recover` resolves
   * all are refused, and whoever writes goes on from what `load` gives then.
   */
  write(changes: readonly LedgerChange[]): Promise<void> | undefined;
  /** Resolves when the store takes writes again after one failed; rejects while it does not. */
  recover(): Promise<void>;
  /** Why a value cannot be stored; undefined when it can. Missing where everything can. */
  misfit?(value: unknown): string | undefined;
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
    recover: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
