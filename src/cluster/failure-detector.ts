/** How long silence lasts before it means something. */
export interface FailureDetectorOptions {
  readonly intervalMs: number;
  readonly missThreshold: number;
}

/** What is known about when one peer was heard. Owned by the detector but for `heard`. */
export interface Watch {
  /** When the last frame came. */
  heardMs: number;
  /** From when silence counts: later than `heardMs` after a stall of this node itself. */
  countedFromMs: number;
}

export type Verdict = 'alive' | 'suspect' | 'lost';

/**
 * Judges peers by silence, in time during which this node could listen.
 *
 * A peer is suspect after `missThreshold - 1` silent intervals (at least one) and lost after
 * `missThreshold`. Any frame is a sign of life. The detector asks to be woken at a due time; waking
 * late means that this node's own event loop stood still, with the peers' frames unread in its
 * buffers, so the delay does not count as their silence, and a delay of more than an interval
 * starts everybody afresh.
 */
export class FailureDetector {
  readonly #options: FailureDetectorOptions;
  readonly #watches = new Set<Watch>();
  #nextBeatMs: number;
  #dueMs: number;

  constructor(options: FailureDetectorOptions, nowMs: number) {
    this.#options = options;
    this.#nextBeatMs = nowMs + options.intervalMs;
    this.#dueMs = this.#nextBeatMs;
  }

  /** When `wake` is to be called next. It never moves earlier by itself. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** Begins to watch a peer that has just been heard. */
  watch(nowMs: number): Watch {
    const watch = { heardMs: nowMs, countedFromMs: nowMs };
    this.#watches.add(watch);
    return watch;
  }

  forget(watch: Watch): void {
    this.#watches.delete(watch);
  }

  heard(watch: Watch, nowMs: number): void {
    watch.heardMs = nowMs;
    watch.countedFromMs = nowMs;
  }

  /**
   * Accounts for this node's own delay since the due time. True when heartbeats are to be sent.
   * Follow it with {@link verdict} for each peer, then {@link settle}.
   */
  wake(nowMs: number): boolean {
    const lateMs = nowMs - this.#dueMs;
    if (lateMs > 0) this.#excuse(lateMs, nowMs);
    if (nowMs < this.#nextBeatMs) return false;
    this.#nextBeatMs =
      lateMs > this.#options.intervalMs
        ? nowMs + this.#options.intervalMs
        : this.#nextBeatMs + this.#options.intervalMs;
    return true;
  }

  verdict(watch: Watch, nowMs: number): Verdict {
    const silentMs = nowMs - watch.countedFromMs;
    if (silentMs >= this.#lostAfterMs) return 'lost';
    return silentMs >= this.#suspectAfterMs ? 'suspect' : 'alive';
  }

  /** Chooses the next due time: the next heartbeat, or a verdict that would change before it. */
  settle(nowMs: number): void {
    this.#dueMs = this.#nextBeatMs;
    for (const watch of this.#watches) {
      for (const afterMs of [this.#suspectAfterMs, this.#lostAfterMs]) {
        const changeMs = watch.countedFromMs + afterMs;
        if (changeMs > nowMs && changeMs < this.#dueMs) this.#dueMs = changeMs;
      }
    }
  }

  #excuse(lateMs: number, nowMs: number): void {
    const afresh = lateMs > this.#options.intervalMs;
    for (const watch of this.#watches) {
      watch.countedFromMs = afresh ? nowMs : Math.min(nowMs, watch.countedFromMs + lateMs);
    }
  }

  get #lostAfterMs(): number {
    return this.#options.intervalMs * this.#options.missThreshold;
  }

  get #suspectAfterMs(): number {
    return this.#options.intervalMs * Math.max(1, this.#options.missThreshold - 1);
  }
}
