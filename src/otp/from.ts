import { LeaseLostError } from '../runtime/gate.js';
import type { Process } from '../runtime/process.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ReplyTo } from '../runtime/signal.js';
import { NO_REPLY, ReplyError } from './behavior.js';
import { InvalidOptionError } from './option.js';

/**
 * Who waits for the answer to one call, on whichever node. Opaque: keep it in the state, or hand it
 * to another process of this node, and give it to `GenServer.reply`. It does not cross to other
 * nodes.
 */
export class From {
  readonly #runtime: Runtime;
  readonly #process: Process;
  readonly #caller: ReplyTo;

  constructor(runtime: Runtime, process: Process, caller: ReplyTo) {
    this.#runtime = runtime;
    this.#process = process;
    this.#caller = caller;
  }

  /** True until the call has ended: answered, timed out, aborted, or its server gone. */
  get waiting(): boolean {
    return !this.#caller.settled;
  }

  /** Answers the call. False when it had ended before; the value is dropped then. */
  answer(value: unknown): boolean {
    const caller = this.#caller;
    if (this.#process.isShut) throw new LeaseLostError(this.#process.id);
    this.#process.undefer(caller);
    if (caller.settled) {
      this.#runtime.lateReplyCount += 1;
      return false;
    }
    if (value instanceof ReplyError) caller.fail(value.error);
    else caller.reply(value);
    return true;
  }
}

/**
 * Answers the call that `from` stands for, from any code of its node. True when this was the
 * answer; false when the call had ended before, and then the value is dropped and counted as a late
 * reply. Throws LeaseLostError while the process that was called must not act.
 */
export function reply(from: From, value: unknown): boolean {
  if (!(from instanceof From)) {
    throw new InvalidOptionError('from', 'the context.from of a call', from);
  }
  if (value === NO_REPLY) {
    throw new InvalidOptionError('the reply', 'a value or GenServer.replyError(error)', value);
  }
  return from.answer(value);
}
