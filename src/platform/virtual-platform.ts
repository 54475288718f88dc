import { Heap } from '../base/heap.js';
import type { Clock, Entropy, Log, LogFields, Platform, RunQueue, Store } from './platform.js';
import type { Random, Timer, TimerOptions, Timers, Turn } from './platform.js';
import { MemoryStore } from './memory-store.js';
import { seededRandom } from './random.js';
import { PriorityTurns, type TurnOrder } from './turn-priorities.js';
import { TurnQueue } from './turn-queue.js';

export interface VirtualPlatformOptions {
  readonly seed?: number;
  readonly incarnation?: bigint;
  /** What `clock.nowMs` says at first. */
  readonly startMs?: number;
  /** What `clock.wallMs` says when `clock.nowMs` says 0. */
  readonly epochMs?: number;
  readonly store?: Store;
  readonly log?: Log;
  /** Turns allowed at one instant before the node counts as livelocked. */
  readonly turnsPerInstantMax?: number;
  /** First come, first served, when left out. */
  readonly turnOrder?: TurnOrder;
}

/** Too many turns at one virtual instant: processes keep each other busy without end. */
export class LivelockError extends Error {
  override readonly name = 'LivelockError';

  constructor(
    readonly nowMs: number,
    readonly turns: number,
  ) {
    super(`More than ${turns} turns at ${nowMs} ms: processes message each other without end`);
  }
}

/**
 * A world in which nothing happens unless somebody says so: time stands still until `advanceTo`,
 * timers fire only in `fireDue`, chance comes from a seed.
 */
export class VirtualPlatform implements Platform {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly entropy: Entropy;
  readonly runQueue: RunQueue;
  readonly log: Log;
  readonly store: Store;
  readonly incarnation: bigint;
  /** What was logged, oldest first. */
  readonly logged: LogLine[] = [];
  /** Called for every timer that is set; the simulator forbids timers outside a turn with it. */
  onTimerSet: (() => void) | undefined;

  #nowMs: number;
  /** What the wall clock says when the monotonic one says 0, and how much faster it runs. */
  #epochMs: number;
  #driftPpm = 0;
  #timerSequence = 0;
  #turnsNow = 0;
  readonly #due = new Heap<VirtualTimer>(firesBefore);

  constructor(options: VirtualPlatformOptions = {}) {
    const { seed = 1, epochMs = 1_700_000_000_000 } = options;
    this.#nowMs = options.startMs ?? 0;
    this.#epochMs = epochMs;
    this.clock = { nowMs: () => this.#nowMs, wallMs: () => Math.floor(this.#wallMs) };
    this.timers = { after: (delayMs, fire, timer) => this.#set(delayMs, fire, timer) };
    this.random = seededRandom(seed);
    this.entropy = seededEntropy(seededRandom(~seed));
    this.log = options.log ?? this.#collectingLog();
    this.store = options.store ?? new MemoryStore();
    this.incarnation = options.incarnation ?? 1n;
    this.runQueue = this.#countedQueue(options);
  }

  /** When the next timer is due; `undefined` when none is set. */
  get nextDeadlineMs(): number | undefined {
    for (let timer = this.#due.peek(); timer !== undefined; timer = this.#due.peek()) {
      if (!timer.done) return timer.dueMs;
      this.#due.pop();
    }
    return undefined;
  }

  /** Moves the clock. Time never goes back. */
  advanceTo(nowMs: number): void {
    if (nowMs <= this.#nowMs) return;
    this.#nowMs = nowMs;
    this.#turnsNow = 0;
  }

  /**
   * Sets the wall clock wrong: it jumps by `jumpMs`, and from now on gains `driftPpm` microseconds
   * each second. The monotonic clock, and with it every timer, stays right.
   */
  adjustWall({ jumpMs = 0, driftPpm }: { jumpMs?: number; driftPpm?: number }): void {
    const nextMs = this.#wallMs + jumpMs;
    this.#driftPpm = driftPpm ?? this.#driftPpm;
    this.#epochMs = nextMs - this.#nowMs * (1 + this.#driftPpm / 1e6);
  }

  /**
   * Fires the one timer that is due first, if it is due by now, and gives its number. Promises that
   * it settles go on before the next one fires only if the caller lets them, as Node does.
   */
  fireNext(): number | undefined {
    if ((this.nextDeadlineMs ?? Infinity) > this.#nowMs) return undefined;
    const timer = this.#due.pop() as VirtualTimer;
    timer.done = true;
    timer.fire();
    return timer.sequence;
  }

  /** Fires all timers that are due by now, in order, with nothing in between. */
  fireDue(): number[] {
    const fired: number[] = [];
    for (let timer = this.fireNext(); timer !== undefined; timer = this.fireNext())
      fired.push(timer);
    return fired;
  }

  get #wallMs(): number {
    return this.#epochMs + this.#nowMs * (1 + this.#driftPpm / 1e6);
  }

  /** How many timers are set. */
  get pendingTimers(): number {
    return [...this.#due].filter((timer) => !timer.done).length;
  }

  #set(delayMs: number, fire: () => void, _options: TimerOptions | undefined): Timer {
    this.onTimerSet?.();
    const timer = new VirtualTimer(this.#nowMs + Math.max(0, delayMs), this.#timerSequence++, fire);
    this.#due.push(timer);
    return timer;
  }

  #countedQueue({ turnsPerInstantMax = 1_000_000, turnOrder }: VirtualPlatformOptions): RunQueue {
    const soon = queueMicrotask;
    const turns = turnOrder?.kind === 'priorities' ? new PriorityTurns(turnOrder) : undefined;
    const queue = new TurnQueue({ soon, later: soon }, Infinity, turns);
    return {
      push: (turn: Turn) => {
        if (++this.#turnsNow > turnsPerInstantMax) {
          throw new LivelockError(this.#nowMs, turnsPerInstantMax);
        }
        queue.push(turn);
      },
    };
  }

  #collectingLog(): Log {
    const at =
      (level: LogLine['level']) =>
      (message: string, fields?: LogFields): void => {
        this.logged.push({ level, message, fields, atMs: this.#nowMs });
      };
    return { debug: () => undefined, info: at('info'), warn: at('warn'), error: at('error') };
  }
}

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields | undefined;
  readonly atMs: number;
}

class VirtualTimer implements Timer {
  done = false;

  constructor(
    readonly dueMs: number,
    readonly sequence: number,
    readonly fire: () => void,
  ) {}

  cancel(): boolean {
    const cancelled = !this.done;
    this.done = true;
    return cancelled;
  }

  keepAlive(_hold: boolean): void {
    // A virtual world ends when its owner says so.
  }
}

// Equal deadlines keep the order they were set in; otherwise two timers set by one handler could
// swap between runs, and every trace after them would differ.
function firesBefore(left: VirtualTimer, right: VirtualTimer): boolean {
  return left.dueMs < right.dueMs || (left.dueMs === right.dueMs && left.sequence < right.sequence);
}

function seededEntropy(random: Random): Entropy {
  return { bytes: (count) => Uint8Array.from({ length: count }, () => random.below(256)) };
}
