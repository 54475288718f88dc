import { survivesJson } from '../plain.js';
import type { NodeInput, NodeOutput, Observation, Turn, TurnResult } from '../turn.js';

/**
 * Memory that the scheduler and a node's thread both see, for what a turn is nearly always made
 * of: frames, wake-ups, operations, and observations. Cloning those as
 * messages would cost more than many a turn takes.
 *
 * Only one side touches a page at a time, and whoever does was told so by the other. What does not
 * fit is left to a message: then `write...` gives false, and `read...` gives `undefined`.
 */
export class TurnPage {
  readonly #numbers: Float64Array;
  readonly #bytes: Buffer;
  #numberAt = 0;
  #byteAt = 0;

  constructor(readonly shared: SharedArrayBuffer = new SharedArrayBuffer(PAGE_BYTES)) {
    this.#numbers = new Float64Array(shared, 0, NUMBERS);
    this.#bytes = Buffer.from(shared, NUMBERS * 8);
  }

  writeTurn({ nowUs, input, acks = NONE }: Turn): boolean {
    this.#rewind();
    const form = FORMS[input.kind] ?? BY_MESSAGE;
    this.#putNumber(form);
    if (form === BY_MESSAGE || acks.length > LIST_MAX) return this.#giveUp();
    this.#putNumber(nowUs);
    this.#putNumbers(acks);
    if ('link' in input) this.#putNumber(input.link);
    if (input.kind === 'frame') return this.#putBytes(input.bytes) || this.#giveUp();
    if (input.kind === 'operation') return this.#putPlain([input.operation]) || this.#giveUp();
    return true;
  }

  /** Makes the page say nothing, for what is told by a message alone. */
  leaveToMessage(): void {
    this.#numbers[0] = BY_MESSAGE;
  }

  readTurn(): Turn | undefined {
    this.#rewind();
    const form = this.#number();
    if (form === BY_MESSAGE) return undefined;
    const nowUs = this.#number();
    const acks = this.#numberList();
    const input = this.#input(form);
    return acks.length === 0 ? { nowUs, input } : { nowUs, input, acks };
  }

  writeResult({ outputs, observations, deadlineUs, fired, failure }: TurnResult): boolean {
    this.#rewind();
    const lists = outputs.length + fired.length;
    if (failure !== undefined || lists > LIST_MAX) return this.#giveUp();
    this.#putNumber(HERE);
    this.#putNumber(deadlineUs ?? NaN);
    this.#putNumbers(fired);
    this.#putNumber(outputs.length);
    for (const output of outputs) if (!this.#putOutput(output)) return this.#giveUp();
    return this.#putPlain(observations) || this.#giveUp();
  }

  readResult(): TurnResult | undefined {
    this.#rewind();
    if (this.#number() === BY_MESSAGE) return undefined;
    const deadlineUs = this.#number();
    const fired = this.#numberList();
    const outputs: NodeOutput[] = [];
    for (let left = this.#number(); left > 0; left--) {
      outputs.push({ kind: 'send', link: this.#number(), bytes: this.#byteList() });
    }
    return {
      outputs,
      observations: this.#plainList() as Observation[],
      deadlineUs: Number.isNaN(deadlineUs) ? undefined : deadlineUs,
      fired,
    };
  }

  #input(form: number): NodeInput {
    switch (form) {
      case FORMS.frame:
        return { kind: 'frame', link: this.#number(), bytes: this.#byteList() };
      case FORMS.opened:
        return { kind: 'opened', link: this.#number() };
      case FORMS.drained:
        return { kind: 'drained', link: this.#number() };
      case FORMS.operation:
        return { kind: 'operation', operation: this.#plainList()[0] };
      default:
        return { kind: 'wake' };
    }
  }

  #rewind(): void {
    this.#numberAt = 0;
    this.#byteAt = 0;
  }

  #giveUp(): false {
    this.leaveToMessage();
    return false;
  }

  #putNumber(value: number): void {
    this.#numbers[this.#numberAt++] = value;
  }

  #putNumbers(values: readonly number[]): void {
    this.#putNumber(values.length);
    for (const value of values) this.#putNumber(value);
  }

  #putBytes(bytes: Uint8Array): boolean {
    if (this.#byteAt + bytes.byteLength > this.#bytes.byteLength) return false;
    this.#putNumber(bytes.byteLength);
    this.#bytes.set(bytes, this.#byteAt);
    this.#byteAt += bytes.byteLength;
    return true;
  }

  #putOutput(output: NodeOutput): boolean {
    if (output.kind !== 'send') return false;
    this.#putNumber(output.link);
    return this.#putBytes(output.bytes);
  }

  // The engine writes and reads JSON in one go, also before it has warmed up.
  #putPlain(values: readonly unknown[]): boolean {
    if (!survivesJson(values)) return false;
    const text = values.length === 0 ? '' : JSON.stringify(values);
    if (this.#byteAt + text.length * UTF8_BYTES_MAX > this.#bytes.byteLength) return false;
    this.#putNumber(this.#bytes.write(text, this.#byteAt));
    return true;
  }

  #number(): number {
    return this.#numbers[this.#numberAt++] as number;
  }

  #numberList(): readonly number[] {
    const count = this.#number();
    if (count === 0) return NONE;
    const from = this.#numberAt;
    this.#numberAt += count;
    return Array.from(this.#numbers.subarray(from, from + count));
  }

  #byteList(): Uint8Array {
    const bytes = new Uint8Array(this.#number());
    const from = this.#byteAt;
    this.#byteAt += bytes.byteLength;
    bytes.set(this.#bytes.subarray(from, this.#byteAt));
    return bytes;
  }

  #plainList(): unknown[] {
    const size = this.#number();
    if (size === 0) return [];
    return JSON.parse(this.#bytes.toString('utf8', this.#byteAt, this.#byteAt + size)) as unknown[];
  }
}

/** In the first number of a page: it says all, or a message does. */
const HERE = 1;
const BY_MESSAGE = 0;

/** What a turn begins with, for the kinds of input that a page can hold. */
const FORMS: Readonly<Partial<Record<NodeInput['kind'], number>>> = {
  wake: 1,
  frame: 2,
  opened: 3,
  drained: 4,
  operation: 5,
};

const PAGE_BYTES = 64 * 1024;
const NUMBERS = 1024;
// An output takes two numbers, and a few come before.
const LIST_MAX = 480;
const UTF8_BYTES_MAX = 3;
const NONE: readonly number[] = [];
