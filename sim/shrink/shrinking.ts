import { createHash } from 'node:crypto';
import { canonical } from '../plain.js';

export interface ShrinkControl {
  /** Ends the search; the smallest failure so far is the result. */
  readonly signal?: AbortSignal | undefined;
  /** How many candidates are tried at most; 1000 when absent. */
  readonly triesMax?: number;
  /** Called after each try. */
  tried?(tries: number, accepted: number): void;
}

/** Why a search for something smaller ended: nothing smaller fails, or it had to end early. */
export type ShrinkEnd = 'minimal' | 'tries' | 'aborted';

/** The smallest failure that was found, and how hard it was looked for. */
export interface Shrunk<C> {
  readonly best: C;
  readonly tries: number;
  readonly end: ShrinkEnd;
}

/** The smallest candidate that is known to fail. */
export class Shrinking<C> {
  #best: C;
  readonly #fails: (candidate: C) => Promise<boolean>;
  readonly #control: ShrinkControl;
  readonly #known = new Set<string>();
  #tries = 0;
  #accepted = 0;

  private constructor(first: C, fails: (candidate: C) => Promise<boolean>, control: ShrinkControl) {
    this.#best = first;
    this.#fails = fails;
    this.#control = control;
    this.#known.add(keyOf(first));
  }

  /** Lets `passes` look for something smaller than `first`, which is taken to fail. */
  static async from<C>(
    first: C,
    fails: (candidate: C) => Promise<boolean>,
    control: ShrinkControl,
    passes: (shrinking: Shrinking<C>) => Promise<void>,
  ): Promise<Shrunk<C>> {
    const shrinking = new Shrinking(first, fails, control);
    let end: ShrinkEnd = 'minimal';
    try {
      await passes(shrinking);
    } catch (error) {
      if (!(error instanceof Enough)) throw error;
      end = error.end;
    }
    return { best: shrinking.best, tries: shrinking.#tries, end };
  }

  get best(): C {
    return this.#best;
  }

  /** How many candidates became the best one. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Whether `candidate` fails; then it is the best one from now on. Each is tried once. */
  async accepts(candidate: C): Promise<boolean> {
    const { signal, triesMax = TRIES_MAX, tried } = this.#control;
    const key = keyOf(candidate);
    if (this.#known.has(key)) return false;
    this.#known.add(key);
    if (signal?.aborted === true) throw new Enough('aborted');
    if (this.#tries >= triesMax) throw new Enough('tries');
    this.#tries += 1;
    const isFailing = await this.#fails(candidate);
    // A run that was cut short has shown nothing.
    if (this.#isAborted()) throw new Enough('aborted');
    if (isFailing) {
      this.#best = candidate;
      this.#accepted += 1;
    }
    tried?.call(this.#control, this.#tries, this.#accepted);
    return isFailing;
  }

  /** Repeats `pass` until it finds nothing any more. */
  async untilMinimal(pass: () => Promise<void>): Promise<void> {
    for (let before = -1; before !== this.#accepted;) {
      before = this.#accepted;
      await pass();
    }
  }

  #isAborted(): boolean {
    return this.#control.signal?.aborted === true;
  }
}

class Enough extends Error {
  override readonly name = 'Enough';

  constructor(readonly end: ShrinkEnd) {
    super(end);
  }
}

function keyOf(candidate: unknown): string {
  return createHash('sha256').update(canonical(candidate)).digest('base64');
}

const TRIES_MAX = 1000;
