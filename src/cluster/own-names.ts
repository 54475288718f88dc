import { compareCodeUnits } from '../base/compare.js';
import type { NameClaim } from './name-claim.js';

/** All names that one life of a node owns: what the join exchange carries. */
export interface NamesList {
  /** Counts the owner's changes. */
  readonly version: number;
  readonly claims: readonly NameClaim[];
}

/** One change by their owner, with the version that it leads to. */
export interface NamesDelta {
  readonly version: number;
  readonly added: readonly NameClaim[];
  readonly removed: readonly string[];
}

/** What becomes of a process that loses its name to another: it is told, and by default ended. */
export type WhenLost = 'end' | 'tell';

export interface OwnName {
  readonly claim: NameClaim;
  readonly whenLost: WhenLost;
}

/** The names of this node's own processes, and what of them nobody has been told yet. */
export class OwnNames {
  readonly #byName = new Map<string, OwnName>();
  readonly #byRef = new Map<string, Set<string>>();
  #version = 0;
  #added = new Map<string, NameClaim>();
  #removed = new Set<string>();

  get(name: string): OwnName | undefined {
    return this.#byName.get(name);
  }

  /** By name. */
  list(): NamesList {
    const claims = [...this.#byName.values()].map(({ claim }) => claim);
    claims.sort((left, right) => compareCodeUnits(left.name, right.name));
    return { version: this.#version, claims };
  }

  ofProcess(refId: string): readonly string[] {
    return [...(this.#byRef.get(refId) ?? [])];
  }

  /** Takes the place of what was claimed under the name before, whichever process it was for. */
  put(own: OwnName): void {
    const { name, refId } = own.claim;
    const former = this.#byName.get(name);
    if (former !== undefined) this.#unlist(former.claim);
    this.#byName.set(name, own);
    const names = this.#byRef.get(refId);
    if (names === undefined) this.#byRef.set(refId, new Set([name]));
    else names.add(name);
    if (former?.claim === own.claim) return;
    this.#removed.delete(name);
    this.#added.set(name, own.claim);
  }

  remove(name: string): void {
    const own = this.#byName.get(name);
    if (own === undefined) return;
    this.#byName.delete(name);
    this.#unlist(own.claim);
    this.#added.delete(name);
    this.#removed.add(name);
  }

  /** What changed since the last time, as one version however many names it moved. */
  takeDelta(): NamesDelta | undefined {
    if (this.#added.size + this.#removed.size === 0) return undefined;
    this.#version += 1;
    const [added, removed] = [[...this.#added.values()], [...this.#removed]];
    this.#added = new Map();
    this.#removed = new Set();
    return { version: this.#version, added, removed };
  }

  #unlist({ name, refId }: NameClaim): void {
    const names = this.#byRef.get(refId);
    names?.delete(name);
    if (names?.size === 0) this.#byRef.delete(refId);
  }
}
