import type { Clock, RunQueue, Timer, Timers, Turn } from './platform.js';

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
  /** `undefined` until the clock was read for it, which for most it never is. */
  dueMs: number | undefined;
  previous: DeadlineLink | undefined;
  next: DeadlineLink | undefined;
}

/** What {@link Deadlines} needs of a platform. */
export interface DeadlineWorld {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly runQueue: RunQueue;
}

/**
 * Deadlines by the hundred thousand: setting and clearing one is O(1) and touches neither clock
 * nor timers of the platform.
 *
 * All deadlines of one duration expire in the order they were set in and share one timer. The clock
 * is read for all new ones at a time, in a turn of the run queue: none expires before its
 * time, and one that is cleared by then, as most are, never needed the clock. An outstanding
 * deadline holds the process alive.
 */
export class Deadlines implements Turn {
  readonly #lists = new Map<number, DurationList>();
  readonly #world: DeadlineWorld;
  // Most deadlines have the duration of the one before.
  #recent: DurationList | undefined;
  /** A chain of those with deadlines for which the clock was not read; then this is queued. */
  #fresh: DurationList | undefined;

  constructor(world: DeadlineWorld) {
    this.#world = world;
  }

  /** Expires `owner` after `durationMs`; `Infinity` never does. */
  set(owner: Expiring, durationMs: number): void {
    if (durationMs === Infinity) return;
    const recent = this.#recent;
    const list = recent?.durationMs === durationMs ? recent : this.#list(durationMs);
    owner.deadline = list.append(owner);
    if (list.awaitsStamp) return;
    if (this.#fresh === undefined) this.#world.runQueue.push(this);
    list.awaitsStamp = true;
    list.nextFresh = this.#fresh;
    this.#fresh = list;
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

  /** How many timers are still set although their last deadline was cleared. */
  get idleTimers(): number {
    let idle = 0;
    for (const list of this.#lists.values()) if (list.size === 0) idle += 1;
    return idle;
  }

  /** Reads the clock for the deadlines that are new. */
  takeTurn(): void {
    for (let list = this.#fresh; list !== undefined; list = list.nextFresh) {
      list.awaitsStamp = false;
      list.stamp();
    }
    this.#fresh = undefined;
  }

  #list(durationMs: number): DurationList {
    const known = this.#lists.get(durationMs);
    const list = known ?? new DurationList(durationMs, this.#world, this.#forget);
    if (known === undefined) this.#lists.set(durationMs, list);
    this.#recent = list;
    return list;
  }

  readonly #forget = (list: DurationList): void => {
    this.#lists.delete(list.durationMs);
    if (this.#recent === list) this.#recent = undefined;
  };
}

class DurationList {
  size = 0;
  awaitsStamp = false;
  nextFresh: DurationList | undefined;
  #first: DeadlineLink | undefined;
  #last: DeadlineLink | undefined;
  /** The first for which the clock was not read; all after it are as new. */
  #fresh: DeadlineLink | undefined;
  #timer: Timer | undefined;

  constructor(
    readonly durationMs: number,
    private readonly world: DeadlineWorld,
    private readonly forget: (list: DurationList) => void,
  ) {}

  append(owner: Expiring): DeadlineLink {
    const last = this.#last;
    const link: DeadlineLink = {
      owner,
      list: this,
      dueMs: undefined,
      previous: last,
      next: undefined,
    };
    if (last === undefined) this.#first = link;
    else last.next = link;
    this.#last = link;
    this.#fresh ??= link;
    this.size += 1;
    if (this.#timer === undefined) this.#arm(this.durationMs);
    else if (this.size === 1) this.#timer.keepAlive(true);
    return link;
  }

  remove(link: DeadlineLink): void {
    const { previous, next } = link;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    if (this.#fresh === link) this.#fresh = next;
    // A link that the collector moved to the old generation would keep all that came after it.
    link.previous = undefined;
    link.next = undefined;
    this.size -= 1;
    if (this.size === 0) this.#timer?.keepAlive(false);
  }

  stamp(): void {
    if (this.#fresh === undefined) return;
    const dueMs = this.world.clock.nowMs() + this.durationMs;
    for (let link: DeadlineLink | undefined = this.#fresh; link !== undefined; link = link.next) {
      link.dueMs = dueMs;
    }
    this.#fresh = undefined;
  }

  #arm(delayMs: number): void {
    this.#timer = this.world.timers.after(delayMs, this.#fire, KEEP_ALIVE);
  }

  readonly #fire = (): void => {
    this.#timer = undefined;
    this.stamp();
    const nowMs = this.world.clock.nowMs();
    for (let link = this.#first; link !== undefined; link = this.#first) {
      // What an expiry sets anew is not stamped, and has armed the timer.
      if (link.dueMs === undefined) return;
      if (link.dueMs > nowMs) {
        if (this.#timer === undefined) this.#arm(link.dueMs - nowMs);
        return;
      }
      this.remove(link);
      link.owner.deadline = undefined;
      link.owner.expire();
    }
    if (this.#timer === undefined) this.forget(this);
  };
}

const KEEP_ALIVE = { keepAlive: true } as const;
