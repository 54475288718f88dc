import { Deque } from '../src/base/deque.js';
import type { Host } from './connection.js';
import { WallClock } from './faults/wall-clock.js';
import type { Delivery } from './network.js';
import type { CrashFault } from './plan.js';
import type { TracePoint } from './trace.js';

/** Which of what a paused node missed it sees first. */
export type ResumeOrder = 'timers' | 'frames';

/** A crash that waits for a turn with enough outputs. */
export interface ArmedCrash {
  readonly id: string;
  readonly fault: CrashFault;
}

/** What waits for the node: something for it to take, or a timer by the number of its alarm. */
type Waiting = Delivery | { readonly alarm: number };

/**
 * What the world knows of one node, over all its lives.
 *
 * A node that is paused, or busy with its last turn, takes nothing: what comes waits in order, the
 * timers that fall due among it, and is taken one by one once the node is `isReady` again.
 */
export class NodeState {
  deadlineUs: number | undefined;
  /** Counts the wake-ups that were set: only the last one is real. */
  alarm = 0;
  /** The number of the call to look at what waits, if one is out. */
  called: number | undefined;
  /** How it starts again once it has left. */
  comesBack: { readonly id: string; readonly afterMs: number } | undefined;
  readonly clock: WallClock;
  readonly armed: ArmedCrash[] = [];
  /** Ids of the pauses in force. */
  readonly pauses = new Set<string>();
  /** How long a turn takes, by the id of the fault that makes it so. */
  readonly slowness = new Map<string, number>();
  readonly durable = new Map<string, Uint8Array>();
  readonly #waiting = new Deque<Waiting>();
  #calls = 0;
  #busyUntilUs = 0;
  /** While set, timers that were due before it come first. */
  #resumedUs: number | undefined;

  constructor(
    readonly host: Host,
    epochMs: number,
  ) {
    this.clock = new WallClock(epochMs);
  }

  get isUp(): boolean {
    return this.host.state === 'up';
  }

  get isPaused(): boolean {
    return this.pauses.size > 0;
  }

  /** When the turn it is in is over. */
  get busyUntilUs(): number {
    return this.#busyUntilUs;
  }

  /** Whether what comes now is taken at once. */
  isReady(nowUs: number): boolean {
    return !this.isPaused && this.#busyUntilUs <= nowUs && !this.hasWaiting;
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0 || this.#resumedUs !== undefined;
  }

  /** Numbers a call to look at what waits; over all lives, no two have the same. */
  call(): number {
    this.called = this.#calls++;
    return this.called;
  }

  wait(waiting: Waiting): void {
    this.#waiting.push(waiting);
  }

  /** Takes what is next: a delivery, or that a timer is due. */
  next(): Delivery | undefined {
    const { host, deadlineUs } = this;
    if (this.#resumedUs !== undefined && deadlineUs !== undefined && deadlineUs < this.#resumedUs) {
      this.deadlineUs = undefined;
      this.alarm += 1;
      return { host, input: { kind: 'wake' } };
    }
    this.#resumedUs = undefined;
    for (let waiting = this.#waiting.shift(); waiting; waiting = this.#waiting.shift()) {
      if (!('alarm' in waiting)) return waiting;
      if (waiting.alarm !== this.alarm) continue;
      this.deadlineUs = undefined;
      return { host, input: { kind: 'wake' } };
    }
    return undefined;
  }

  /** The crash that waited for a turn with so many outputs. It waits no more. */
  takeArmed(outputs: number): ArmedCrash | undefined {
    const at = this.armed.findIndex(({ fault }) => outputs > (fault.afterOutputs ?? 0));
    return at < 0 ? undefined : this.armed.splice(at, 1)[0];
  }

  /** The turn that it took just now keeps it busy for as long as its turns take. */
  turned(nowUs: number): void {
    if (this.slowness.size === 0) return;
    this.#busyUntilUs = nowUs + Math.max(...this.slowness.values());
  }

  /** Puts what waits in the order in which a node that goes on after a pause sees it. */
  resume(order: ResumeOrder, nowUs: number): void {
    const timers = [...this.#waiting].filter((waiting) => 'alarm' in waiting);
    this.#waiting.retain((waiting) => !('alarm' in waiting));
    if (order === 'timers') this.#resumedUs = nowUs;
    for (const timer of timers) this.#waiting.push(timer);
  }

  /** Its process is gone. Gives what it never took. */
  end(): Delivery[] {
    const left = [...this.#waiting].flatMap((waiting) => ('alarm' in waiting ? [] : [waiting]));
    this.#waiting.clear();
    this.#resumedUs = undefined;
    this.called = undefined;
    this.#busyUntilUs = 0;
    this.deadlineUs = undefined;
    this.alarm += 1;
    this.armed.length = 0;
    this.pauses.clear();
    this.comesBack = undefined;
    return left;
  }

  point(atUs: number): TracePoint {
    return { atUs, node: this.host.index, incarnation: this.host.life };
  }
}
