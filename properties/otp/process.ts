import type { Shutdown } from '../../src/otp/supervision/child-policy.js';
import type { Term } from './term.js';
import type { Name } from './trace.js';

/** A simulated process. */
export interface Process {
  readonly name: Name;
  readonly isAlive: boolean;
  /** The supervisor asks it to end. It tells its parent when it has. */
  shutdown(how: Shutdown): void;
  /** An exit signal that cannot be trapped. */
  kill(): void;
  /** Ends by its own doing. */
  exit(reason: Term): void;
  /** An exit signal from its parent, which has died of `reason`. */
  orphaned(reason: Term): void;
  /** An exit signal from a process that it has nothing to do with. */
  signal(reason: Term): void;
}

/** What a process tells the one that started it. */
export interface Parent {
  onStarted(process: Process): void;
  onIgnored(): void;
  onFailed(reason: Term): void;
  onExit(reason: Term): void;
}
