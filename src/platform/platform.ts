/**
 * The outside world as a node sees it: time, timers, chance, the order of turns, a log, a store.
 *
 * There is one platform per node. Nothing else in faultline touches the clock, the timers or the
 * random numbers of the machine, so whoever implements these interfaces decides what happens next.
 */
export interface Platform {
  readonly clock: Clock;
  readonly timers: Timers;
  /** For choices whose outcome may be replayed: ties, `random` placement, jitter. */
  readonly random: Random;
  /** For secrets: nonces. Never for choices. */
  readonly entropy: Entropy;
  readonly runQueue: RunQueue;
  readonly log: Log;
  readonly store: Store;
  /** Tells this life of the node from every other one under the same id; a later life is larger. */
  readonly incarnation: bigint;
}

export interface Clock {
  /** Monotonic milliseconds, fractions included, from an origin that only this node knows. */
  nowMs(): number;
  /** Milliseconds since 1970. It may jump; nothing is decided by it. */
  wallMs(): number;
}

export interface Timers {
  /**
   * Fires once, `delayMs` from now or later. Timers with equal deadlines fire in the order they
   * were set in. A timer holds the process alive only with `keepAlive`.
   */
  after(delayMs: number, fire: () => void, options?: TimerOptions): Timer;
}

export interface TimerOptions {
  readonly keepAlive?: boolean;
}

export interface Timer {
  /** Stops it. False when it had fired or was cancelled before. */
  cancel(): boolean;
  /** Whether the timer holds the process alive from now on. */
  keepAlive(hold: boolean): void;
}

export interface Random {
  /** A whole number from 0 up to, not including, `bound`; `bound` is at most 2 ** 32. */
  below(bound: number): number;
}

export interface Entropy {
  bytes(count: number): Uint8Array;
}

/** Something that takes one turn when the queue reaches it. */
export interface Turn {
  /** Names it among the turns of its node, if it has a name. */
  readonly id?: string;
  takeTurn(): void;
}

/**
 * The order in which processes with mail take turns. Promise continuations are not in it: they
 * keep the order that the engine gives them.
 */
export interface RunQueue {
  push(turn: Turn): void;
}

/** Where a node writes what nobody waits for. None of its methods may throw. */
export interface Log {
  /** What helps to follow a node step by step. */
  debug(message: string, fields?: LogFields): void;
  /** What happens once in the life of a node or a link. */
  info(message: string, fields?: LogFields): void;
  /** What went wrong and was dealt with. */
  warn(message: string, fields?: LogFields): void;
  /** What somebody has to look at. */
  error(message: string, fields?: LogFields): void;
}

/** What belongs to a line, by name; values may be errors and bigints. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Small durable state. What was put and not yet synced may be lost when the node crashes. */
export interface Store {
  put(key: string, value: Uint8Array): void;
  get(key: string): Uint8Array | undefined;
  /** Entries whose key starts with `prefix`, ordered by key. */
  scan(prefix: string): Iterable<readonly [key: string, value: Uint8Array]>;
  /** Resolves when everything put so far survives a crash. */
  sync(): Promise<void>;
}
