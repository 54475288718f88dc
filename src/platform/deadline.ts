import type { Clock, Timer, Timers } from './platform.js';

/** Something that is given up when its time is over. Owned by one {@link Deadlines} at a time. */
export interface Expiring {
  /** Called once when the time is over, unless it was cleared before. */
  expire(): void;
  /** The bookkeeping of {@link Deadlines}; `undefined` while no deadline is set. */
  deadline: DeadlineLink | undefined;
}

/** A place in the list of one duration. Opaque outside this file. */
export interface DeadlineLink {
  readonly owner: Expiring;
  readonly list: DurationList;
  readonly dueMs: number;
  previous: DeadlineLink | undefined;
  next: DeadlineLink | undefined;
}

/**
 * Deadlines by the hundred thousand: setting and clearing one is O(1) and touches no timer of the
 * platform, because all deadlines of one duration expire in the order they were set in and share
 * one timer. An outstanding deadline holds the process alive.
 */
export class Deadlines {
  readonly #lists = new Map<number, DurationList>();
  readonly #clock: Clock;
  readonly #timers: Timers;

  constructor(clock: Clock, timers: Timers) {
    this.#clock = clock;
    this.#timers = timers;
  }

  /** Expires `owner` after `durationMs`; `Infinity` never does. */
  set(owner: Expiring, durationMs: number): void {
    if (durationMs === Infinity) return;
    let list = this.#lists.get(durationMs);
    if (list === undefined) {
      list = new DurationList(durationMs, this.#clock, this.#timers, this.#lists);
      this.#lists.set(durationMs, list);
    }
    owner.deadline = list.append(owner);
  }

  /** Takes the deadline back. Nothing happens when there is none. */
  clear(owner: Expiring): void {
    const link = owner.deadline;
    if (link === undefined) return;
    owner.deadline = undefined;
    link.list.remove(link);
  }

  /** How many are outstanding. */
  get size(): number {
    let total = 0;
    for (const list of this.#lists.values()) total += list.size;
    return total;
  }
}

class DurationList {
  size = 0;
  #first: DeadlineLink | undefined;
  #last: DeadlineLink | undefined;
  #timer: Timer | undefined;

  constructor(
    private readonly durationMs: number,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly siblings: Map<number, DurationList>,
  ) {}

  append(owner: Expiring): DeadlineLink {
    const dueMs = this.clock.nowMs() + this.durationMs;
    const link: DeadlineLink = { owner, list: this, dueMs, previous: this.#last, next: undefined };
    if (this.#last === undefined) this.#first = link;
    else this.#last.next = link;
    this.#last = link;
    this.size += 1;
    if (this.#timer === undefined) this.#arm(this.durationMs);
    else if (this.size === 1) this.#timer.keepAlive(true);
    return link;
  }

  remove(link: DeadlineLink): void {
    if (link.previous === undefined) this.#first = link.next;
    else link.previous.next = link.next;
    if (link.next === undefined) this.#last = link.previous;
    else link.next.previous = link.previous;
    this.size -= 1;
    if (this.size === 0) this.#timer?.keepAlive(false);
  }

  #arm(delayMs: number): void {
    this.#timer = this.timers.after(delayMs, this.#fire, KEEP_ALIVE);
  }

  readonly #fire = (): void => {
    this.#timer = undefined;
    const nowMs = this.clock.nowMs();
    for (let link = this.#first; link !== undefined && link.dueMs <= nowMs; link = this.#first) {
      this.remove(link);
      link.owner.deadline = undefined;
      link.owner.expire();
    }
    // An expiry may have set a new deadline, and so armed the timer, already.
    if (this.#timer !== undefined) return;
    if (this.#first === undefined) this.siblings.delete(this.durationMs);
    else this.#arm(Math.max(0, this.#first.dueMs - nowMs));
  };
}

const KEEP_ALIVE = { keepAlive: true } as const;
