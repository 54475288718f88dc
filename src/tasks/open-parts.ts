/** What something that starts and stops has open, and how each is closed: the latest first. */
export class OpenParts {
  #closers: (() => unknown)[] = [];
  #state: 'closed' | 'opening' | 'open' = 'closed';
  #opening: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  /** Runs `open`, which adds as it goes. When it rejects, what it added is closed again. */
  async open(open: () => Promise<void>): Promise<void> {
    if (this.#state !== 'closed') throw new Error('It has started already; stop() it first');
    this.#state = 'opening';
    const opening = open();
    // What came of it is for whoever opens; whoever closes only waits.
    this.#opening = opening.catch(() => undefined);
    try {
      await opening;
      this.#state = 'open';
    } catch (error) {
      await this.#closeAll();
      throw error;
    }
  }

  add(close: () => unknown): void {
    this.#closers.unshift(close);
  }

  /**
   * Closes everything, whatever fails on the way; rejects with the first failure. What is being
   * opened meanwhile is closed as soon as it is open.
   */
  close(): Promise<void> {
    this.#closing ??= this.#opening
      .then(() => this.#closeAll())
      .finally(() => (this.#closing = undefined));
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closers.splice(0)) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    this.#state = 'closed';
    if (failures.length > 0) throw failures[0];
  }
}
