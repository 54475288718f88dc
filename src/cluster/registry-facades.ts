import type { AnyBehavior, GenServerBehavior, GenServerRef } from '../otp/behavior.js';
import { here } from '../runtime/default-runtime.js';
import { BEHAVIORS, type BehaviorOptions } from './behavior-registry.js';
import { CLUSTER } from './cluster.js';
import type { GlobalRegisterOptions } from './global-names-config.js';
import {
  type GlobalRegistryHandler,
  type GlobalRegistryListeners,
  handlerOf,
} from './global-registry-event.js';
import type { GlobalRegistryNode } from './global-registry.js';

/** The behaviours of this node that other nodes may start. */
export const BehaviorRegistry = {
  /** A later registration under the same name replaces the former, for starts from then on. */
  register<State, CallMsg, CastMsg, CallReply>(
    name: string,
    behavior: GenServerBehavior<State, CallMsg, CastMsg, CallReply>,
    options?: BehaviorOptions,
  ): void {
    here()
      .use(BEHAVIORS)
      .register(name, behavior as AnyBehavior, options);
  },
  /** As it was registered here; what other nodes have is not known by name. */
  get: (name: string): AnyBehavior | undefined => here().use(BEHAVIORS).get(name),
  /** Whether other nodes may start it here. */
  has: (name: string): boolean => here().use(BEHAVIORS).has(name),
  /** In the order of their first registration. */
  getNames: (): string[] => here().use(BEHAVIORS).getNames(),
  /** False when there was none. */
  unregister: (name: string): boolean => here().use(BEHAVIORS).unregister(name),
} as const;

const names = (): GlobalRegistryNode => here().use(CLUSTER).node.registry;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- accepts every instantiation
type AnyRef = GenServerRef<any, any, any, any>;

/**
 * The names that every node of the cluster can look up. Each node writes the names of its own
 * processes and tells the others; a name goes when its process ends or its node is lost.
 */
export const GlobalRegistry = {
  /** Resolves when this node knows the name; others follow. Rejects when it is taken. */
  register: async (name: string, ref: AnyRef, options?: GlobalRegisterOptions): Promise<void> =>
    names().register(name, ref, options),
  /** Does nothing to a name that a process elsewhere has: only its own node can give it up. */
  unregister: async (name: string): Promise<void> => names().unregister(name),
  /** Its process as far as this node knows: news of other nodes takes a message to arrive. */
  whereis: (name: string): GenServerRef | undefined => names().whereis(name),
  /** As `whereis`; throws GlobalNameNotFoundError when nobody has the name. */
  lookup: (name: string): GenServerRef => names().lookup(name),
  /** Whether `whereis` finds somebody. */
  isRegistered: (name: string): boolean => names().isRegistered(name),
  /** Every name that this node knows, its own and those of the others. */
  getNames: (): string[] => names().getNames(),
  /** How many names that is. */
  count: (): number => names().count(),
  /** Tells every event, or those of one type; gives the function that ends it. */
  on: listen,
} as const;

/** Tells every event, or those of one type; gives the function that ends it. */
function listen(handler: GlobalRegistryHandler): () => void;
function listen<Type extends keyof GlobalRegistryListeners>(
  type: Type,
  listener: GlobalRegistryListeners[Type],
): () => void;
function listen<Type extends keyof GlobalRegistryListeners>(
  what: Type | GlobalRegistryHandler,
  listener?: GlobalRegistryListeners[Type],
): () => void {
  if (typeof what === 'function') return names().on(what);
  return names().on(handlerOf(what, listener as GlobalRegistryListeners[Type]));
}
