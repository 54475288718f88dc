import { unreachable } from '../base/assert.js';
import { FaultlineError } from '../base/errors.js';
import type { NodeId } from '../base/node-id.js';
import type { GenServerRef, NameLostInfo } from '../otp/behavior.js';
import { DEFAULT_SHUTDOWN_MS } from '../otp/child-spec.js';
import { InvalidOptionError, checkFunction, checkName, checkRef } from '../otp/option.js';
import { shutDown } from '../otp/shutdown.js';
import { ServerNotRunningError } from '../runtime/call-error.js';
import type { Runtime } from '../runtime/runtime.js';
import { malformedFrame } from './frame-error.js';
import {
  type GlobalNamesConfig,
  type OwnerOptions,
  checkOwnerOptions,
} from './global-names-config.js';
import { GlobalNames, type GlobalNamesEffect } from './global-names.js';
import type { GlobalRegistryEvent, GlobalRegistryHandler } from './global-registry-event.js';
import type { NodeIdentity } from './handshake-message.js';
import type { NameClaim } from './name-claim.js';
import { preferenceOf } from './name-conflict.js';
import { type NamesMessage, readNamesMessage } from './names-message.js';
import type { NamesList } from './own-names.js';

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
    super(
      `Expected the name ${registryName} to be free, but a process of ${existingNodeId} has it`,
    );
  }
}

/** The way to what other nodes know of names. */
export interface NamesWire {
  /** To every node that was sent the list of this one. */
  tellAll(message: NamesMessage): void;
  tell(nodeId: NodeId, message: NamesMessage): void;
}

/**
 * Names that every node of the cluster can look up. Each node writes the names of its own
 * processes and tells the others; a name of a process goes when it ends or its node is lost.
 */
export class GlobalRegistryNode {
  readonly #runtime: Runtime;
  readonly #names: GlobalNames;
  readonly #wire: NamesWire;
  readonly #handlers = new Set<GlobalRegistryHandler>();
  readonly #unlisten: () => void;
  /** Processes that lost their name and were asked to end: what takes the threat of a kill back. */
  readonly #ending = new Map<string, () => void>();

  constructor(
    runtime: Runtime,
    { self, onConflict, whenLost }: GlobalNamesConfig & { readonly self: NodeIdentity },
    wire: NamesWire,
  ) {
    this.#runtime = runtime;
    const { log } = runtime.platform;
    const prefer = onConflict === undefined ? undefined : preferenceOf(onConflict, log);
    this.#names = new GlobalNames({ self, whenLost, prefer });
    this.#wire = wire;
    this.#unlisten = runtime.listenToLives({ ended: (process) => this.#ended(process.id) });
  }

  /**
   * Gives a process of this node the name. Throws {@link GlobalNameConflictError} when another
   * process is known to have it, and ServerNotRunningError when the process has ended. Giving it to
   * the process that has it changes nothing but the options.
   *
   * With a higher `term` than its holder's the name is taken from it: a process that runs on is
   * told, and ended unless it has the same id, when it is the very one that was taken over.
   */
  register(name: string, ref: GenServerRef, options: OwnerOptions = {}): void {
    checkName('name', name);
    checkRef(ref);
    checkOwnerOptions(options);
    if (!this.#runtime.isLocal(ref)) {
      throw new InvalidOptionError('the ref', 'of a process of this node', ref);
    }
    const process = this.#runtime.processes.get(ref.id);
    if (process === undefined) throw new ServerNotRunningError(ref.id);
    const outcome = this.#names.register(name, ref.id, { ...options, fence: process.fence });
    if (outcome.kind === 'registered') return this.#perform(outcome.effects);
    throw new GlobalNameConflictError(name, outcome.existing.nodeId);
  }

  /** A process of this node has another fence now: its names go with it. */
  refence(refId: string): void {
    const fence = this.#runtime.processes.get(refId)?.fence;
    if (fence !== undefined) this.#perform(this.#names.refence(refId, fence));
  }

  /** Gives up a name of this node. Nothing happens to one that a process elsewhere has. */
  unregister(name: string): void {
    checkName('name', name);
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

  /** Calls `handler` for every event from now on, in the order in which they happen here. */
  on(handler: GlobalRegistryHandler): () => void {
    checkFunction('the handler', handler);
    const own: GlobalRegistryHandler = (event) => handler(event);
    this.#handlers.add(own);
    return () => this.#handlers.delete(own);
  }

  // What follows is for the cluster: what other nodes say of their names.

  ownList(): NamesList {
    return this.#names.ownList();
  }

  applyList(from: NodeIdentity, list: NamesList): void {
    this.#perform(this.#names.applyList(from, list));
  }

  /** Takes what another node said; throws a FrameError when it is no message about names. */
  receive(from: NodeIdentity, payload: unknown): void {
    const message = readNamesMessage(payload, from);
    if (message === undefined) throw malformedFrame('a message about names that is none');
    if ('delta' in message) this.#perform(this.#names.applyDelta(from, message.delta));
    else if ('list' in message) this.applyList(from, message.list);
    else this.#wire.tell(from.nodeId, { list: this.ownList() });
  }

  nodeDown(node: NodeIdentity): void {
    this.#perform(this.#names.nodeDown(node));
  }

  /** The node has left: names of its processes are nobody's business any more. */
  close(): void {
    this.#unlisten();
    for (const disarm of this.#ending.values()) disarm();
    this.#ending.clear();
  }

  #perform(effects: readonly GlobalNamesEffect[]): void {
    for (const effect of effects) this.#performOne(effect);
  }

  #performOne(effect: GlobalNamesEffect): void {
    switch (effect.kind) {
      case 'announce':
        return this.#wire.tellAll({ delta: effect.delta });
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
        return this.#lost(effect);
      case 'synced':
        return this.#tell({ type: 'synced', nodeId: effect.nodeId, count: effect.count });
      case 'resync':
        return this.#wire.tell(effect.nodeId, { ask: true });
      default:
        return unreachable(effect);
    }
  }

  #lost({ claim, winner, end }: Extract<GlobalNamesEffect, { kind: 'lost' }>): void {
    const { name, refId } = claim;
    const { probe, platform, router } = this.#runtime;
    const fields = { name, processId: refId, winner: winner.refId, ends: end };
    probe?.({ kind: 'fact', topic: 'name_lost', fields });
    const message: NameLostInfo = { type: 'NAME_LOST', name, winner: refOf(winner) };
    if (router.send({ id: refId }, { kind: 'info', message }) === 'full') {
      platform.log.warn('a full mailbox kept a process from hearing that it lost a name', fields);
    }
    if (end) this.#end(refId);
  }

  /** A loser that does not listen is killed. A supervisor has its children to stop first. */
  #end(refId: string): void {
    if (this.#ending.has(refId) || this.#runtime.processes.get(refId) === undefined) return;
    const patience = refId.startsWith('genserver_') ? DEFAULT_SHUTDOWN_MS : 'infinity';
    this.#ending.set(refId, shutDown(this.#runtime, { id: refId }, patience));
  }

  #ended(processId: string): void {
    this.#ending.get(processId)?.();
    this.#ending.delete(processId);
    this.#perform(this.#names.processEnded(processId));
  }

  #tell(event: GlobalRegistryEvent): void {
    for (const handler of [...this.#handlers]) {
      try {
        handler(event);
      } catch (error) {
        // A listener is a guest: its failure must not keep names from being what they are.
        this.#runtime.platform.log.error('a handler of registry events failed', { error });
      }
    }
  }
}

function refOf(claim: NameClaim): GenServerRef {
  return { id: claim.refId, nodeId: claim.nodeId };
}
