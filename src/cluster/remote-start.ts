import { NodeId } from '../base/node-id.js';
import type { GenServerRef } from '../otp/behavior.js';
import { InitializationError } from '../otp/gen-server.js';
import {
  InvalidOptionError,
  checkArray,
  checkDurationMs,
  checkName,
  checkWord,
} from '../otp/option.js';
import { AlreadyRegisteredError } from '../otp/registry.js';
import { here } from '../runtime/default-runtime.js';
import { CLUSTER } from './cluster.js';
import { GlobalNameConflictError } from './global-registry.js';
import { RemoteSpawnInitError, RemoteSpawnRegistrationError } from './remote-error.js';
import type { SpawnRequest } from './remote-spawn.js';

/** How `RemoteSpawn.spawn` starts a server. */
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

/** How `GenServer.startRemote` starts a server. */
export interface RemoteStartOptions extends Omit<RemoteSpawnOptions, 'timeout'> {
  /** The node that is to run it; this one is fine, too. */
  readonly targetNode: NodeId;
  /** Milliseconds until the answer is given up; 10000 by default. */
  readonly spawnTimeout?: number;
}

/** Starts registered behaviours on other nodes. */
export const RemoteSpawn = {
  /**
   * Starts what `nodeId` has registered as `behavior` there, and resolves once its `init` is done.
   * Rejects with BehaviorNotFoundError, RemoteSpawnInitError or RemoteSpawnRegistrationError, and
   * then nothing is left there; or with RemoteSpawnTimeoutError or NodeNotReachableError, after
   * which it may run, or come to run, all the same.
   */
  async spawn(
    behavior: string,
    nodeId: NodeId,
    options: RemoteSpawnOptions = {},
  ): Promise<{ serverId: string; nodeId: NodeId }> {
    const { timeout = DEFAULT_TIMEOUT_MS, ...rest } = options;
    checkDurationMs('timeout', timeout);
    const ref = await start(behavior, nodeId, { ...rest, timeoutMs: timeout });
    return { serverId: ref.id, nodeId };
  },
} as const;

/** As {@link RemoteSpawn.spawn}, and resolves to the ref of what runs there. */
export async function startRemote<
  State = unknown,
  CallMsg = unknown,
  CastMsg = unknown,
  CallReply = unknown,
>(
  behavior: string,
  options: RemoteStartOptions,
): Promise<GenServerRef<State, CallMsg, CastMsg, CallReply>> {
  if (typeof (options as unknown) !== 'object') {
    throw new InvalidOptionError('the options of startRemote', '{ targetNode, ... }', options);
  }
  const { targetNode, spawnTimeout = DEFAULT_TIMEOUT_MS, ...rest } = options;
  checkDurationMs('spawnTimeout', spawnTimeout);
  const ref = await start(behavior, targetNode, { ...rest, timeoutMs: spawnTimeout });
  return ref as GenServerRef<State, CallMsg, CastMsg, CallReply>;
}

interface Start extends Omit<RemoteSpawnOptions, 'timeout'> {
  readonly timeoutMs: number;
}

async function start(
  behavior: string,
  nodeId: NodeId,
  { args = [], name, initTimeout, registration = 'local', timeoutMs }: Start,
): Promise<GenServerRef> {
  checkName('the name of a behavior', behavior);
  checkArray('args', args);
  checkWord('registration', ['local', 'global', 'none'], registration);
  if (name !== undefined) checkName('name', name);
  if (initTimeout !== undefined) checkDurationMs('initTimeout', initTimeout);
  const request: SpawnRequest = {
    behavior,
    args,
    name,
    registration,
    timeoutMs,
    ...(initTimeout === undefined ? {} : { initTimeoutMs: initTimeout }),
  };
  const { spawner } = here().use(CLUSTER).node;
  const target = NodeId.parse(nodeId);
  try {
    return await spawner.spawn(target, request);
  } catch (error) {
    throw named(error, request, target);
  }
}

function named(error: unknown, { behavior, name }: SpawnRequest, nodeId: NodeId): unknown {
  if (error instanceof InitializationError) {
    const cause = error.cause ?? error;
    const reason = cause instanceof Error ? cause.message : error.message;
    return new RemoteSpawnInitError(behavior, nodeId, reason, { cause });
  }
  if (error instanceof AlreadyRegisteredError || error instanceof GlobalNameConflictError) {
    const { message } = error;
    return new RemoteSpawnRegistrationError(behavior, name ?? '', nodeId, message, {
      cause: error,
    });
  }
  return error;
}

const DEFAULT_TIMEOUT_MS = 10_000;
