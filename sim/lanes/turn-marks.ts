import type { NodeInput, Turn } from '../turn.js';

/**
 * Memory that shows, from outside, which turn runs in a thread that cannot speak while it runs;
 * and that lets a run be called off from there.
 */
export class TurnMarks {
  readonly #words: Int32Array;
  readonly #nowUs: Float64Array;

  constructor(readonly shared: SharedArrayBuffer = new SharedArrayBuffer(BYTES)) {
    this.#words = new Int32Array(shared, 0, WORDS);
    this.#nowUs = new Float64Array(shared, WORDS * 4, 1);
  }

  /** A node is entered. */
  begin(node: number, { input, nowUs }: Turn): void {
    this.#nowUs[0] = nowUs;
    this.#words[INPUT] = INPUT_KINDS.indexOf(input.kind);
    this.#words[TURN] = this.#word(TURN) + 1;
    Atomics.store(this.#words, NODE, node + 1);
  }

  /** Nothing of a node runs. */
  end(): void {
    Atomics.store(this.#words, NODE, 0);
  }

  /** What is left of the turn of a node that is gone; it counts as one more turn of the node. */
  resume(node: number): void {
    this.#words[TURN] = this.#word(TURN) + 1;
    Atomics.store(this.#words, NODE, node + 1);
  }

  /** The turn that runs; `undefined` while none does. */
  running(): MarkedTurn | undefined {
    const node = Atomics.load(this.#words, NODE) - 1;
    if (node < 0) return undefined;
    const input = INPUT_KINDS[this.#word(INPUT)] as NodeInput['kind'];
    return { node, input, turn: this.#word(TURN), nowUs: this.#nowUs[0] as number };
  }

  get isAborted(): boolean {
    return Atomics.load(this.#words, ABORT) === 1;
  }

  set isAborted(isAborted: boolean) {
    Atomics.store(this.#words, ABORT, isAborted ? 1 : 0);
  }

  #word(at: number): number {
    return this.#words[at] as number;
  }
}

export interface MarkedTurn {
  readonly node: number;
  /** Counts the turns of all nodes. */
  readonly turn: number;
  readonly nowUs: number;
  readonly input: NodeInput['kind'];
}

const TURN = 0;
/** One more than the number of the node that runs; 0 while none does. */
const NODE = 1;
const ABORT = 2;
const INPUT = 3;
const WORDS = 4;
const BYTES = WORDS * 4 + 8;

const INPUT_CODES: Readonly<Record<NodeInput['kind'], true>> = {
  boot: true,
  wake: true,
  arrived: true,
  opened: true,
  frame: true,
  closed: true,
  drained: true,
  operation: true,
  leaving: true,
  wall: true,
};
const INPUT_KINDS = Object.keys(INPUT_CODES) as readonly NodeInput['kind'][];
