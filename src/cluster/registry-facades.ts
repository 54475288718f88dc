import { NodeId } from '../base/node-id.js';
import type { AnyBehavior, GenServerBehavior, GenServerRef } from '../otp/behavior.js';
import { InvalidOptionError, checkDurationMs, checkName, checkWord } from '../otp/option.js';
import { here } from '../runtime/default-runtime.js';
import { BEHAVIORS } from './behavior-registry.js';
import { CLUSTER } from './cluster.js';
import type { GlobalRegistryEvent, GlobalRegistryNode } from './global-registry.js';

/** The behaviours of this node that other nodes may start. */
export const BehaviorRegistry = {
  register<State, CallMsg, CastMsg, CallReply>(
    name: string,
    behavior: GenServerBehavior<State, CallMsg, CastMsg, CallReply>,
  ): void {
    here()
      .use(BEHAVIORS)
      .register(name, behavior as AnyBehavior);
  },
  get: (name: string): AnyBehavior | undefined => here().use(BEHAVIORS).get(name),
  has: (name: string): boolean => here().use(BEHAVIORS).has(name),
  getNames: (): string[] => here().use(BEHAVIORS).getNames(),
  /** False when there was none. */
  unregister: (name: string): boolean => here().use(BEHAVIORS).unregister(name),
} as const;

const names = (): GlobalRegistryNode => here().use(CLUSTER).node.registry;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- accepts every instantiation
type AnyRef = GenServerRef<any, any, any, any>;

/** The names that every node of the cluster can look up; see {@link GlobalRegistryNode}. */
export const GlobalRegistry = {
  /** Resolves when this node knows the name; others follow. Rejects when it is taken. */
  register: async (name: string, ref: AnyRef): Promise<void> => names().register(name, ref),
  unregister: async (name: string): Promise<void> => names().unregister(name),
  whereis: (name: string): GenServerRef | undefined => names().whereis(name),
  lookup: (name: string): GenServerRef => names().lookup(name),
  isRegistered: (name: string): boolean => names().isRegistered(name),
  getNames: (): string[] => names().getNames(),
  count: (): number => names().count(),
  on: (handler: (event: GlobalRegistryEvent) => void): (() => void) => names().on(handler),
} as const;

export interface RemoteSpawnOptions {
  /** What `init` is called with. */
  readonly args?: readonly unknown[];
  readonly name?: string;
  /** Milliseconds that `init` may take; 5000 by default. */
  readonly initTimeout?: number;
  /** Where `name` is registered; `local`, on the node that runs it, by default. */
  readonly registration?: 'local' | 'global' | 'none';
  /** Milliseconds until the answer is given up; 10000 by default. */
  readonly timeout?: number;
}

/** Starts registered behaviours on other nodes. */
export const RemoteSpawn = {
  /** Resolves once `init` is done there; see `SpawnDesk.spawn` for how it may fail. */
  async spawn(
    behavior: string,
    nodeId: NodeId,
    options: RemoteSpawnOptions = {},
  ): Promise<{ serverId: string; nodeId: NodeId }> {
    checkName('the name of a behavior', behavior);
    const { args = [], name, initTimeout, registration = 'local', timeout = 10_000 } = options;
    if (!Array.isArray(args)) throw new InvalidOptionError('args', 'an array', args);
    checkWord('registration', ['local', 'global', 'none'], registration);
    checkDurationMs('timeout', timeout);
    if (name !== undefined) checkName('name', name);
    if (initTimeout !== undefined) checkDurationMs('initTimeout', initTimeout);
    const ref = await here()
      .use(CLUSTER)
      .node.spawner.spawn(NodeId.parse(nodeId), {
        behavior,
        args,
        name,
        registration,
        timeoutMs: timeout,
        ...(initTimeout === undefined ? {} : { initTimeoutMs: initTimeout }),
      });
    return { serverId: ref.id, nodeId };
  },
} as const;
