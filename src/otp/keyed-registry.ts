import { ServerNotRunningError } from '../runtime/call-error.js';
import type { Runtime } from '../runtime/runtime.js';
import type { GenServerRef } from './behavior.js';
import { InvalidOptionError, checkFunction, checkName, checkRef, checkWord } from './option.js';
import { AlreadyRegisteredError, NotRegisteredError } from './registry.js';

/** What a key may stand for; fixed for the life of the registry. */
export interface KeyedRegistryOptions {
  /** `unique` (the default): one process a key. `duplicate`: any number, each at most once. */
  readonly keys?: 'unique' | 'duplicate';
}

/** One process under one key. */
export interface RegistryEntry<Metadata = unknown> {
  readonly key: string;
  readonly ref: GenServerRef;
  /** What was given at registration, or put there since. */
  readonly metadata: Metadata | undefined;
}

/** Chooses among the entries of a key to whom a message goes. */
export type DispatchFunction<Metadata> = (
  entries: readonly RegistryEntry<Metadata>[],
  message: unknown,
) => void;

/**
 * Processes of one node by key, as Elixir's Registry: unique keys for lookups, duplicate keys for
 * groups and topics. An entry goes when its process ends, before anybody hears of the end.
 */
export class KeyedRegistry<Metadata = unknown> {
  readonly #runtime: Runtime;
  readonly #unique: boolean;
  readonly #byKey = new Map<string, Map<string, RegistryEntry<Metadata>>>();
  readonly #byProcess = new Map<string, Set<string>>();
  readonly #unlisten: () => void;

  constructor(runtime: Runtime, options: KeyedRegistryOptions = {}) {
    this.#runtime = runtime;
    this.#unique =
      checkWord('keys', ['unique', 'duplicate'], options.keys ?? 'unique') === 'unique';
    this.#unlisten = runtime.listenToLives({ ended: (process) => this.#forget(process.id) });
  }

  /**
   * Enters a process under `key`. Throws {@link AlreadyRegisteredError} when the key is unique and
   * taken, or when this very process is under it already, and {@link ServerNotRunningError} when
   * the process has ended: its end would never free the key.
   */
  register(key: string, ref: GenServerRef, metadata?: Metadata): void {
    checkName('key', key);
    checkRef(ref);
    checkLives(this.#runtime, ref);
    const entries = this.#byKey.get(key);
    if (entries !== undefined && (this.#unique || entries.has(ref.id))) {
      throw new AlreadyRegisteredError(key);
    }
    const entry = { key, ref, metadata };
    if (entries === undefined) this.#byKey.set(key, new Map([[ref.id, entry]]));
    else entries.set(ref.id, entry);
    const keys = this.#byProcess.get(ref.id);
    if (keys === undefined) this.#byProcess.set(ref.id, new Set([key]));
    else keys.add(key);
  }

  /** Takes `ref`, or whoever is there, out from under `key`. False when nobody was. */
  unregister(key: string, ref?: GenServerRef): boolean {
    const entries = this.#byKey.get(key);
    if (entries === undefined) return false;
    const ids = ref === undefined ? [...entries.keys()] : [ref.id];
    let removed = false;
    for (const id of ids) removed = this.#remove(key, id) || removed;
    return removed;
  }

  /** The first entry under `key`; throws {@link NotRegisteredError} when there is none. */
  lookup(key: string): RegistryEntry<Metadata> {
    const entry = this.whereis(key);
    if (entry === undefined) throw new NotRegisteredError(key);
    return entry;
  }

  /** The first entry under `key`, in the order of registration. */
  whereis(key: string): RegistryEntry<Metadata> | undefined {
    return this.#byKey.get(key)?.values().next().value;
  }

  /** All entries under `key`, in the order of registration. */
  lookupAll(key: string): RegistryEntry<Metadata>[] {
    return [...(this.#byKey.get(key)?.values() ?? [])];
  }

  /** All entries that `matches` accepts. */
  match(matches: (entry: RegistryEntry<Metadata>) => boolean): RegistryEntry<Metadata>[] {
    checkFunction('matches', matches);
    return [...this.#byKey.values()].flatMap((entries) => [...entries.values()].filter(matches));
  }

  /**
   * Casts `message` to every process under `key`, or lets `send` choose. Gives how many entries
   * there were; one whose mailbox is full misses it, and its mailbox counts that.
   */
  dispatch(key: string, message: unknown, send?: DispatchFunction<Metadata>): number {
    if (send !== undefined) checkFunction('send', send);
    const entries = this.lookupAll(key);
    if (send !== undefined) send(entries, message);
    else for (const { ref } of entries) this.#runtime.router.send(ref, { kind: 'cast', message });
    return entries.length;
  }

  /** Replaces the metadata of `ref` under `key`; throws {@link NotRegisteredError}. */
  updateMetadata(
    key: string,
    ref: GenServerRef,
    update: (metadata: Metadata | undefined) => Metadata,
  ): void {
    const entries = this.#byKey.get(key);
    const entry = entries?.get(ref.id);
    if (entries === undefined || entry === undefined) throw new NotRegisteredError(key);
    entries.set(ref.id, { ...entry, metadata: update(entry.metadata) });
  }

  /** Whether anybody has the key. */
  isRegistered(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** The keys of one process. */
  keysOf(ref: GenServerRef): string[] {
    return [...(this.#byProcess.get(ref.id) ?? [])];
  }

  /** Each key once, in the order of their first registration. */
  getKeys(): string[] {
    return [...this.#byKey.keys()];
  }

  /** How many entries there are, under `key` or in all. */
  count(key?: string): number {
    if (key !== undefined) return this.#byKey.get(key)?.size ?? 0;
    let total = 0;
    for (const entries of this.#byKey.values()) total += entries.size;
    return total;
  }

  /** Forgets everything and listens to nothing any more. */
  close(): void {
    this.#unlisten();
    this.#byKey.clear();
    this.#byProcess.clear();
  }

  #remove(key: string, processId: string): boolean {
    const entries = this.#byKey.get(key);
    if (entries?.delete(processId) !== true) return false;
    if (entries.size === 0) this.#byKey.delete(key);
    const keys = this.#byProcess.get(processId);
    keys?.delete(key);
    if (keys?.size === 0) this.#byProcess.delete(processId);
    return true;
  }

  #forget(processId: string): void {
    for (const key of [...(this.#byProcess.get(processId) ?? [])]) this.#remove(key, processId);
  }
}

function checkLives(runtime: Runtime, ref: GenServerRef): void {
  if (!runtime.isLocal(ref)) {
    throw new InvalidOptionError('the ref', 'of a process of this node; see GlobalRegistry', ref);
  }
  if (runtime.processes.get(ref.id) === undefined) throw new ServerNotRunningError(ref.id);
}
