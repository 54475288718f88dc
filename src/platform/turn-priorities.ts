import { keyedHash } from '../base/hash.js';
import { Heap } from '../base/heap.js';
import type { Turn } from './platform.js';

/** How the turns that are ready at one time follow each other. */
export type TurnOrder = { readonly kind: 'fifo' } | TurnPriorities;

/**
 * Random priorities: among the processes that are ready, the one with the highest goes first.
 *
 * A process draws its priority when it is ready for the first time. `changes` times within the
 * first `withinTurns` turns, the process that would be next falls behind all others for good. A bug
 * that needs `changes` such surprises is found with a probability that has a lower bound, whatever
 * else the program does (Burckhardt et al., "A Randomized Scheduler with Probabilistic Guarantees
 * of Finding Bugs", 2010). The same seed gives the same order.
 */
export interface TurnPriorities {
  readonly kind: 'priorities';
  readonly seed: number;
  /** 0 when left out. */
  readonly changes?: number;
  readonly withinTurns?: number;
}

/** Ready turns, of which the one with the highest priority is taken first. */
export class PriorityTurns {
  readonly #seed: number;
  readonly #ready = new Heap<ReadyTurn>(goesBefore);
  readonly #priorities = new WeakMap<Turn, number>();
  readonly #changes: ReadonlySet<number>;
  #length = 0;
  #arrivals = 0;
  #unnamed = 0;
  #taken = 0;
  #lowest = 0;

  constructor({ seed, changes = 0, withinTurns = WITHIN_TURNS }: TurnPriorities) {
    const drawn = Array.from({ length: changes }, (_, nth) => {
      return keyedHash(seed, 'change', nth) % withinTurns;
    });
    this.#seed = seed;
    this.#changes = new Set(drawn);
  }

  get length(): number {
    return this.#length;
  }

  push(turn: Turn): void {
    this.#length += 1;
    this.#add(turn, this.#priorityOf(turn));
  }

  /** Takes the turn with the highest priority; `undefined` when none is ready. */
  shift(): Turn | undefined {
    if (this.#changes.has(this.#taken)) this.#demoteNext();
    const next = this.#ready.pop();
    if (next === undefined) return undefined;
    this.#taken += 1;
    this.#length -= 1;
    return next.turn;
  }

  #demoteNext(): void {
    const next = this.#ready.pop();
    if (next === undefined) return;
    this.#lowest -= 1;
    this.#priorities.set(next.turn, this.#lowest);
    this.#add(next.turn, this.#lowest);
  }

  #add(turn: Turn, priority: number): void {
    this.#ready.push({ turn, priority, arrival: this.#arrivals++ });
  }

  // Keyed by the name of the process: one process less leaves the priorities of the others alone.
  #priorityOf(turn: Turn): number {
    const known = this.#priorities.get(turn);
    if (known !== undefined) return known;
    const key = turn.id ?? this.#unnamed++;
    const drawn = keyedHash(this.#seed, 'priority', key);
    this.#priorities.set(turn, drawn);
    return drawn;
  }
}

interface ReadyTurn {
  readonly turn: Turn;
  readonly priority: number;
  readonly arrival: number;
}

function goesBefore(left: ReadyTurn, right: ReadyTurn): boolean {
  if (left.priority !== right.priority) return left.priority > right.priority;
  return left.arrival < right.arrival;
}

const WITHIN_TURNS = 1000;
