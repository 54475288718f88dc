import type { Address } from '../../src/runtime/address.js';
import type { ScenarioChild } from './scenario.js';
import type { Named } from './snapshot.js';
import type { Term } from './term.js';
import type { Name } from './trace.js';

/** One incarnation of a scenario's process, and the real process that plays it. */
export class Actor implements Named {
  /** Where the real process is, once there is one. */
  ref: Address | undefined = undefined;
  /** Its init did not fail, so that its end is an event. */
  hasLived = false;
  isAlive = false;
  /** Why it ended. */
  exit: Term | undefined = undefined;
  /** What ended it was no request of its supervisor. */
  leaves = false;
  /** Run when it ends. */
  readonly onExit: (() => void)[] = [];

  constructor(
    readonly name: Name,
    readonly plan: ScenarioChild,
    readonly parent: string | undefined,
  ) {}

  get isSimpleSupervisor(): boolean {
    return this.plan.sup?.strategy === 'simple_one_for_one';
  }
}
