/**
 * The end of what a process printed, within a bound: what happened last is what explains a failure.
 */
export class TailLog {
  readonly #bytesMax: number;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #dropped = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    while (this.#bytes > this.#bytesMax) {
      const first = this.#chunks[0] as Buffer;
      const excess = Math.min(first.length, this.#bytes - this.#bytesMax);
      if (excess === first.length) this.#chunks.shift();
      // A copy: a small rest must not keep a large chunk in memory.
      else this.#chunks[0] = Buffer.from(first.subarray(excess));
      this.#bytes -= excess;
      this.#dropped += excess;
    }
  }

  /** What is kept, after a line that says how much is missing. */
  text(): string {
    const kept = Buffer.concat(this.#chunks).toString('utf8');
    return this.#dropped === 0
      ? kept
      : `[${this.#dropped} bytes before this were dropped]\n${kept}`;
  }
}
