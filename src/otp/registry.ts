import { FaultlineError } from '../base/errors.js';
import { ServerNotRunningError } from '../runtime/call-error.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';
import type { GenServerRef } from './behavior.js';
import { InvalidOptionError, checkName, checkRef } from './option.js';

/** Nobody on this node has the name. */
export class NotRegisteredError extends FaultlineError {
  static readonly code = 'ERR_NOT_REGISTERED';
  override readonly name = 'NotRegisteredError';
  readonly code = NotRegisteredError.code;

  constructor(readonly processName: string) {
    super(`Expected a process named ${processName}, but none is registered; use whereis to ask`);
  }
}

/** The name belongs to another process. */
export class AlreadyRegisteredError extends FaultlineError {
  static readonly code = 'ERR_ALREADY_REGISTERED';
  override readonly name = 'AlreadyRegisteredError';
  readonly code = AlreadyRegisteredError.code;

  constructor(readonly registeredName: string) {
    super(`Expected ${registeredName} to be free, but it is registered; unregister it first`);
  }
}

/** The names of one node's processes. A name has one owner; all names of a process go with it. */
export class NameTable {
  readonly #byName = new Map<string, GenServerRef>();
  readonly #byProcess = new Map<string, Set<string>>();
  readonly #runtime: Runtime;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    runtime.listenToLives({ ended: (process) => this.#forget(process.id) });
  }

  /**
   * Throws {@link AlreadyRegisteredError} unless the name is free or already this process's, and
   * {@link ServerNotRunningError} when the process has ended: its end would never free the name.
   */
  register(name: string, ref: GenServerRef): void {
    checkName('name', name);
    checkRef(ref);
    if (!this.#runtime.isLocal(ref)) {
      throw new InvalidOptionError('the ref', 'of a process of this node; see GlobalRegistry', ref);
    }
    if (this.#runtime.processes.get(ref.id) === undefined) throw new ServerNotRunningError(ref.id);
    const owner = this.#byName.get(name);
    if (owner !== undefined) {
      if (owner.id === ref.id) return;
      throw new AlreadyRegisteredError(name);
    }
    this.#byName.set(name, ref);
    const names = this.#byProcess.get(ref.id);
    if (names === undefined) this.#byProcess.set(ref.id, new Set([name]));
    else names.add(name);
  }

  whereis(name: string): GenServerRef | undefined {
    return this.#byName.get(name);
  }

  /** Throws {@link NotRegisteredError} when nobody has the name. */
  lookup(name: string): GenServerRef {
    const ref = this.#byName.get(name);
    if (ref === undefined) throw new NotRegisteredError(name);
    return ref;
  }

  /** False when nobody had the name. */
  unregister(name: string): boolean {
    const ref = this.#byName.get(name);
    if (ref === undefined) return false;
    this.#byName.delete(name);
    const names = this.#byProcess.get(ref.id);
    names?.delete(name);
    if (names?.size === 0) this.#byProcess.delete(ref.id);
    return true;
  }

  isRegistered(name: string): boolean {
    return this.#byName.has(name);
  }

  /** The names of one process, in the order they were registered. */
  namesOf(processId: string): string[] {
    return [...(this.#byProcess.get(processId) ?? [])];
  }

  getNames(): string[] {
    return [...this.#byName.keys()];
  }

  count(): number {
    return this.#byName.size;
  }

  #forget(processId: string): void {
    for (const name of this.#byProcess.get(processId) ?? []) this.#byName.delete(name);
    this.#byProcess.delete(processId);
  }
}

/** The registry of a runtime. */
export const NAMES: ServiceKey<NameTable> = {
  name: 'registry',
  create: (runtime) => new NameTable(runtime),
};
