import { unreachable } from '../base/assert.js';
import { FaultlineError } from '../base/errors.js';
import type { NodeId } from '../base/node-id.js';
import type { GenServerRef } from '../otp/behavior.js';
import { checkName, checkRef } from '../otp/option.js';
import type { Runtime } from '../runtime/runtime.js';
import { GlobalNames, type GlobalNamesEffect, type NamesDelta, type NamesList } from './global-names.js';
import type { NodeIdentity } from './handshake-message.js';
import type { NameClaim } from './name-claim.js';

/** Nobody in the cluster, as far as this node knows, has the name. */
export class GlobalNameNotFoundError extends FaultlineError {
  static readonly code = 'ERR_GLOBAL_NAME_NOT_FOUND';
  override readonly name = 'GlobalNameNotFoundError';
  readonly code = GlobalNameNotFoundError.code;

  constructor(readonly registryName: string) {
    super(`Expected a process named ${registryName} in the cluster; use whereis to ask`);
  }
}

/** The name belongs to a process elsewhere. */
export class GlobalNameConflictError extends FaultlineError {
  static readonly code = 'ERR_GLOBAL_NAME_CONFLICT';
  override readonly name = 'GlobalNameConflictError';
  readonly code = GlobalNameConflictError.code;

  constructor(
    readonly registryName: string,
    readonly existingNodeId: NodeId,
  ) {
    super(`Expected the name ${registryName} to be free, but a process of ${existingNodeId} has it`);
  }
}

export type GlobalRegistryEvent =
  | { readonly type: 'registered'; readonly name: string; readonly ref: GenServerRef }
  | { readonly type: 'unregistered'; readonly name: string; readonly ref: GenServerRef }
  | {
      readonly type: 'conflictResolved';
      readonly name: string;
      readonly winner: GenServerRef;
      readonly loser: GenServerRef;
    };

/** Tells every member of a change of this node's names; asks one for its full list. */
export interface NamesWire {
  announce(delta: NamesDelta): void;
  askForList(nodeId: NodeId): void;
}

/**
 * Names that every node of the cluster can look up. Each node writes the names of its own
 * processes and tells the others; a name of a process goes when it ends or its node is lost.
 */
export class GlobalRegistryNode {
  readonly #runtime: Runtime;
  readonly #names: GlobalNames;
  readonly #wire: NamesWire;
  readonly #handlers = new Set<(event: GlobalRegistryEvent) => void>();

  constructor(runtime: Runtime, self: NodeIdentity, wire: NamesWire) {
    this.#runtime = runtime;
    this.#names = new GlobalNames({ self });
    this.#wire = wire;
    runtime.listenToLives({
      ended: (process) => this.#perform(this.#names.processEnded(process.id)),
    });
  }

  /** Throws {@link GlobalNameConflictError} when another process is known to have the name. */
  register(name: string, ref: GenServerRef): void {
    checkName('name', name);
    checkRef(ref);
    const outcome = this.#names.register(name, ref.id);
    if (outcome.kind === 'registered') return this.#perform(outcome.effects);
    const { existing } = outcome;
    const isOwn = existing.refId === ref.id && this.#runtime.isLocal({ ...ref, nodeId: existing.nodeId });
    if (!isOwn) throw new GlobalNameConflictError(name, existing.nodeId);
  }

  unregister(name: string): void {
    this.#perform(this.#names.unregister(name));
  }

  whereis(name: string): GenServerRef | undefined {
    const claim = this.#names.whereis(name);
    return claim === undefined ? undefined : refOf(claim);
  }

  /** Throws {@link GlobalNameNotFoundError} when nobody has the name. */
  lookup(name: string): GenServerRef {
    const ref = this.whereis(name);
    if (ref === undefined) throw new GlobalNameNotFoundError(name);
    return ref;
  }

  isRegistered(name: string): boolean {
    return this.#names.whereis(name) !== undefined;
  }

  getNames(): string[] {
    return this.#names.names();
  }

  count(): number {
    return this.#names.count;
  }

  on(handler: (event: GlobalRegistryEvent) => void): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  // What follows is for the cluster: what other nodes say of their names.

  ownList(): NamesList {
    return this.#names.ownList();
  }

  applyList(from: NodeIdentity, list: NamesList): void {
    this.#perform(this.#names.applyList(from, list));
  }

  applyDelta(from: NodeIdentity, delta: NamesDelta): void {
    this.#perform(this.#names.applyDelta(from, delta));
  }

  nodeDown(node: NodeIdentity): void {
    this.#perform(this.#names.nodeDown(node));
  }

  #perform(effects: readonly GlobalNamesEffect[]): void {
    for (const effect of effects) this.#performOne(effect);
  }

  #performOne(effect: GlobalNamesEffect): void {
    switch (effect.kind) {
      case 'announce':
        return this.#wire.announce(effect.delta);
      case 'registered':
      case 'unregistered': {
        const { name } = effect.claim;
        return this.#tell({ type: effect.kind, name, ref: refOf(effect.claim) });
      }
      case 'conflictResolved': {
        const { name, winner, loser } = effect;
        return this.#tell({
          type: 'conflictResolved',
          name,
          winner: refOf(winner),
          loser: refOf(loser),
        });
      }
      case 'lost':
        if (effect.end) {
          const to = { id: effect.claim.refId };
          this.#runtime.localRouter.send(to, { kind: 'stop', reason: 'shutdown' });
        }
        return;
      case 'resync':
        return this.#wire.askForList(effect.nodeId);
      default:
        return unreachable(effect);
    }
  }

  #tell(event: GlobalRegistryEvent): void {
    for (const handler of this.#handlers) handler(event);
  }
}

function refOf(claim: NameClaim): GenServerRef {
  return { id: claim.refId, nodeId: claim.nodeId };
}
