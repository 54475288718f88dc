/**
 * The least that a mailbox with calls can be: a ring of letters, one microtask that empties it, a
 * promise for each call. It knows no ends, errors, timeouts, bounds, refs or fairness.
 */
export class BareMailbox<Message, Reply> {
  readonly #handle: (message: Message) => Reply;
  #ring: (Letter<Message, Reply> | undefined)[] = new Array<undefined>(16);
  #mask = 15;
  #head = 0;
  #length = 0;
  #scheduled = false;

  constructor(handle: (message: Message) => Reply) {
    this.#handle = handle;
  }

  call(message: Message): Promise<Reply> {
    return new Promise((resolve) => this.#post({ message, resolve }));
  }

  cast(message: Message): void {
    this.#post({ message, resolve: undefined });
  }

  #post(letter: Letter<Message, Reply>): void {
    if (this.#length > this.#mask) this.#grow();
    this.#ring[(this.#head + this.#length) & this.#mask] = letter;
    this.#length += 1;
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(this.#drain);
  }

  readonly #drain = (): void => {
    while (this.#length > 0) {
      const letter = this.#ring[this.#head] as Letter<Message, Reply>;
      this.#ring[this.#head] = undefined;
      this.#head = (this.#head + 1) & this.#mask;
      this.#length -= 1;
      const reply = this.#handle(letter.message);
      letter.resolve?.(reply);
    }
    this.#scheduled = false;
  };

  #grow(): void {
    const capacity = (this.#mask + 1) * 2;
    const ring = new Array<Letter<Message, Reply> | undefined>(capacity);
    for (let index = 0; index < this.#length; index++) {
      ring[index] = this.#ring[(this.#head + index) & this.#mask];
    }
    this.#ring = ring;
    this.#mask = capacity - 1;
    this.#head = 0;
  }
}

interface Letter<Message, Reply> {
  readonly message: Message;
  readonly resolve: ((reply: Reply) => void) | undefined;
}
