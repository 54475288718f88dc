import { Deque } from '../base/deque.js';
import { MailboxFullError } from './call-error.js';
import type { Mail } from './signal.js';

/** How much mail may wait, and what happens to the message that is one too many. */
export interface MailboxBound {
  /** Calls and casts that may wait at a time. */
  readonly max: number;
  /** `reject` refuses the new one to its sender; the others drop one silently and count it. */
  readonly onFull: 'reject' | 'dropNewest' | 'dropOldest';
}

export type MailboxVerdict = 'taken' | 'refused' | 'dropped';

/**
 * The messages that wait for a process, oldest first. Only calls, casts and infos count against
 * the bound: exits, DOWNs and stops always fit.
 */
export class Mailbox {
  /** Messages dropped or refused because the mailbox was full. */
  refusedCount = 0;
  readonly #mail = new Deque<Mail>();
  readonly #bound: MailboxBound | undefined;

  constructor(bound?: MailboxBound) {
    this.#bound = bound;
  }

  get length(): number {
    return this.#mail.length;
  }

  offer(mail: Mail): MailboxVerdict {
    if (this.#bound === undefined || this.#mail.length < this.#bound.max || !countsAsLoad(mail)) {
      this.#mail.push(mail);
      return 'taken';
    }
    this.refusedCount += 1;
    if (this.#bound.onFull === 'reject') return 'refused';
    if (this.#bound.onFull === 'dropNewest') {
      failCall(mail);
      return 'dropped';
    }
    this.#dropOldest();
    this.#mail.push(mail);
    return 'taken';
  }

  take(): Mail | undefined {
    return this.#mail.shift();
  }

  /** Takes everything out; used once, when the process ends. */
  drain(): Mail[] {
    const rest = [...this.#mail];
    this.#mail.clear();
    return rest;
  }

  /** Removes what `unwanted` names, wherever it waits. */
  discard(unwanted: (mail: Mail) => boolean): void {
    this.#mail.retain((mail) => !unwanted(mail));
  }

  #dropOldest(): void {
    let dropped = false;
    this.#mail.retain((mail) => {
      if (dropped || !countsAsLoad(mail)) return true;
      dropped = true;
      failCall(mail);
      return false;
    });
  }
}

function countsAsLoad(mail: Mail): boolean {
  return mail.kind === 'call' || mail.kind === 'cast' || mail.kind === 'info';
}

function failCall(mail: Mail): void {
  if (mail.kind === 'call') mail.from.fail(new MailboxFullError());
}
