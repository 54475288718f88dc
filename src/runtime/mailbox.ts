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
 * the bound: exits, DOWNs and stops always fit, and take no place away from the others.
 */
export class Mailbox {
  /** Messages dropped or refused because the mailbox was full. */
  refusedCount = 0;
  readonly #mail = new Deque<Mail>();
  readonly #bound: MailboxBound | undefined;
  /** How many of the waiting messages count against the bound; kept only where there is one. */
  #load = 0;

  constructor(bound?: MailboxBound) {
    this.#bound = bound;
  }

  get length(): number {
    return this.#mail.length;
  }

  offer(mail: Mail): MailboxVerdict {
    if (this.#bound !== undefined && countsAsLoad(mail)) return this.#admit(mail, this.#bound);
    this.#mail.push(mail);
    return 'taken';
  }

  take(): Mail | undefined {
    const mail = this.#mail.shift();
    if (this.#load > 0 && mail !== undefined && countsAsLoad(mail)) this.#load -= 1;
    return mail;
  }

  /** Takes everything out; used once, when the process ends. */
  drain(): Mail[] {
    const rest = [...this.#mail];
    this.#mail.clear();
    this.#load = 0;
    return rest;
  }

  /** Removes what `unwanted` names, wherever it waits. Takes time for all that waits. */
  discard(unwanted: (mail: Mail) => boolean): void {
    this.#mail.retain((mail) => {
      if (!unwanted(mail)) return true;
      if (this.#load > 0 && countsAsLoad(mail)) this.#load -= 1;
      return false;
    });
  }

  #admit(mail: Mail, bound: MailboxBound): MailboxVerdict {
    if (this.#load < bound.max) {
      this.#load += 1;
      this.#mail.push(mail);
      return 'taken';
    }
    this.refusedCount += 1;
    if (bound.onFull === 'reject') return 'refused';
    if (bound.onFull === 'dropNewest') {
      failCall(mail);
      return 'dropped';
    }
    this.#dropOldest();
    this.#mail.push(mail);
    return 'taken';
  }

  /** Makes room for one that comes in its place, so the load stays what it is. */
  #dropOldest(): void {
    const kept: Mail[] = [];
    for (let mail = this.#mail.shift(); mail !== undefined; mail = this.#mail.shift()) {
      if (countsAsLoad(mail)) {
        failCall(mail);
        break;
      }
      kept.push(mail);
    }
    for (const mail of kept.reverse()) this.#mail.unshift(mail);
  }
}

function countsAsLoad(mail: Mail): boolean {
  return mail.kind === 'call' || mail.kind === 'cast' || mail.kind === 'info';
}

function failCall(mail: Mail): void {
  if (mail.kind === 'call' && !mail.from.settled) mail.from.fail(new MailboxFullError());
}
