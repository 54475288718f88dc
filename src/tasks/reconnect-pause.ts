/** How long to wait before a coordinator that ended the connection is dialled again. */
export class ReconnectPause {
  readonly #bounds: PauseBounds;
  #nextMs: number;

  constructor(bounds: PauseBounds) {
    this.#bounds = bounds;
    this.#nextMs = bounds.minMs;
  }

  /**
   * The pause after a connection that lasted `lastedMs`: twice the one before, from `minMs` up to
   * `maxMs`, unless the connection was a steady one.
   */
  afterMs(lastedMs: number): number {
    const { minMs, maxMs, steadyMs } = this.#bounds;
    const pauseMs = lastedMs >= steadyMs ? minMs : this.#nextMs;
    this.#nextMs = Math.min(pauseMs * 2, maxMs);
    return pauseMs;
  }
}

export interface PauseBounds {
  readonly minMs: number;
  readonly maxMs: number;
  /** A connection that lasted as long ended for another reason than the ones before. */
  readonly steadyMs: number;
}
