import { ProcessKilledError } from '../runtime/exit-reason.js';
import type { Address } from '../runtime/address.js';
import type { Process } from '../runtime/process.js';
import type { Runtime } from '../runtime/runtime.js';
import type { GenServerRef } from './behavior.js';
import { type CallOptions, call } from './call.js';
import { cast } from './cast.js';
import { type MonitorRef, monitorFrom } from './monitor.js';
import { type TimerRef, sendAfter } from './send-after.js';

/**
 * What a process may do, given to each of its handlers. It stays right after an `await`, where no
 * "current process" could be known; once the process is over it refuses everything.
 */
export class Context {
  /** The processes whose calls led to the message at hand, this one last. */
  chain: readonly string[] | undefined;
  readonly #runtime: Runtime;
  readonly #process: Process;
  #self: GenServerRef | undefined;

  constructor(runtime: Runtime, process: Process) {
    this.#runtime = runtime;
    this.#process = process;
  }

  /** The ref of this process, good to be sent to other nodes. */
  get self(): GenServerRef {
    if (this.#self?.nodeId !== this.#runtime.nodeId || this.#self === undefined) {
      this.#self = this.#runtime.addressOf(this.#process.id);
    }
    return this.#self;
  }

  /** As `GenServer.call`; a cycle of calls made through contexts fails at once. */
  call<Reply = unknown>(ref: Address, message: unknown, options?: CallOptions): Promise<Reply> {
    this.#check();
    const chain = [...(this.chain ?? []), this.#process.id];
    return call(this.#runtime, ref, message, options, chain) as Promise<Reply>;
  }

  /** As `GenServer.cast`. */
  cast(ref: Address, message: unknown): void {
    this.#check();
    cast(this.#runtime, ref, message);
  }

  /** Sends `message` to `ref` (this process by default) after `delayMs`. */
  sendAfter(message: unknown, delayMs: number, ref: Address = this.self): TimerRef {
    this.#check();
    return sendAfter(this.#runtime, ref, message, delayMs);
  }

  /** Watches `ref`: `handleInfo` gets exactly one DOWN. */
  monitor(ref: Address): MonitorRef {
    this.#check();
    return monitorFrom(this.#runtime, this.#process, ref);
  }

  demonitor(monitor: MonitorRef): boolean {
    return this.#runtime.demonitor(monitor.monitorId);
  }

  /** Shares fate with `ref`: the abnormal end of one ends the other, unless it traps exits. */
  link(ref: Address): void {
    this.#check();
    this.#runtime.link(this.#process.id, ref);
  }

  unlink(ref: Address): void {
    this.#check();
    this.#runtime.unlink(this.#process.id, ref);
  }

  #check(): void {
    if (!this.#process.alive) throw new ProcessKilledError();
  }
}
