import { deferred } from '../base/deferred.js';
import { describe, toError } from '../base/errors.js';
import type { NodeId } from '../base/node-id.js';
import type { DeadlineLink, Expiring } from '../platform/deadline.js';
import type { GenServerRef } from '../otp/behavior.js';
import { DEFAULT_INIT_TIMEOUT_MS, spawnServer } from '../otp/gen-server.js';
import { NodeNotReachableError } from '../runtime/call-error.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ReplyTo } from '../runtime/signal.js';
import { BEHAVIORS, BehaviorNotFoundError } from './behavior-registry.js';
import { malformedFrame } from './frame-error.js';
import type { FrameFence, FrameOf } from './frame.js';
import { RemoteSpawnTimeoutError } from './remote-error.js';
import type { RemoteRequests } from './remote-requests.js';
import { type FencedStart, SPAWN_GATE, type StartChild } from './spawn-gate.js';
import type { Wire } from './wire.js';

/** What to start, and how. */
export interface SpawnRequest {
  readonly behavior: string;
  readonly args: readonly unknown[];
  /** A name to register, or, with registration `none`, what people call it. */
  readonly name?: string | undefined;
  readonly registration: 'local' | 'global' | 'none';
  /** Milliseconds that `init` may take. */
  readonly initTimeoutMs?: number;
  /** Milliseconds until the answer is given up. */
  readonly timeoutMs: number;
  readonly fence?: FrameFence | undefined;
  /** For what has a fence: milliseconds to go on without its supervisor; for good when absent. */
  readonly orphanTimeoutMs?: number | undefined;
  /** As in {@link FencedStart}. */
  readonly leaseMs?: number | undefined;
}

/** Registers a process under a cluster-wide name; the registry of names is a room of its own. */
export type RegisterGlobally = (name: string, ref: GenServerRef) => void;

/** Starts registered behaviours on other nodes, and on this one when others ask. */
export class SpawnDesk {
  readonly #runtime: Runtime;
  readonly #wire: Wire;
  readonly #requests: RemoteRequests;
  readonly #registerGlobally: RegisterGlobally;

  constructor(
    runtime: Runtime,
    wire: Wire,
    requests: RemoteRequests,
    registerGlobally: RegisterGlobally,
  ) {
    this.#runtime = runtime;
    this.#wire = wire;
    this.#requests = requests;
    this.#registerGlobally = registerGlobally;
  }

  /**
   * Starts a process on `nodeId`, this node included, and resolves once its `init` is done. Rejects
   * with the error of the start, with {@link RemoteSpawnTimeoutError}, or with
   * {@link NodeNotReachableError}; after the last two it may run all the same.
   */
  spawn(nodeId: NodeId, request: SpawnRequest): Promise<GenServerRef> {
    if (nodeId === this.#runtime.nodeId) return this.#start(nodeId, request);
    const pending = new PendingSpawn(this.#runtime, nodeId, request);
    const callId = this.#requests.add(nodeId, pending);
    pending.onSettled = () => this.#requests.forget(callId);
    try {
      const delivery = this.#wire.send(nodeId, this.#frameOf(callId, request));
      if (delivery === 'down') pending.fail(new NodeNotReachableError(nodeId));
      else this.#runtime.deadlines.set(pending, request.timeoutMs);
    } catch (error) {
      // Arguments that cannot cross are a failure of this start, told as any other.
      pending.fail(error);
    }
    return pending.promise;
  }

  /**
   * Another node asks for a start here; who `answering` gives is told its outcome. Throws a typed
   * error on arguments that are none.
   */
  serve(owner: NodeId, frame: FrameOf<'spawn'>, answering: () => ReplyTo): void {
    const { behavior, name, registration, initTimeoutMs, fence, orphanTimeoutMs, leaseMs } = frame;
    const args = this.#wire.codec.decode(frame.args);
    if (!Array.isArray(args))
      throw malformedFrame(`${describe(args)} for the arguments of a start`);
    const request: SpawnRequest = {
      behavior,
      args: args as readonly unknown[],
      name,
      registration,
      initTimeoutMs: initTimeoutMs ?? Infinity,
      timeoutMs: Infinity,
      fence,
      orphanTimeoutMs,
      leaseMs,
    };
    const answer = answering();
    this.#start(owner, request).then(
      (ref) => answer.reply(ref),
      (error: unknown) => answer.fail(toError(error)),
    );
  }

  #frameOf(callId: number, request: SpawnRequest): FrameOf<'spawn'> {
    const { behavior, name, registration, fence, orphanTimeoutMs, leaseMs } = request;
    const { initTimeoutMs = DEFAULT_INIT_TIMEOUT_MS } = request;
    return {
      kind: 'spawn',
      callId,
      behavior,
      args: this.#wire.codec.pack(request.args, 'args'),
      name,
      registration,
      initTimeoutMs: initTimeoutMs === Infinity ? undefined : initTimeoutMs,
      linked: false,
      fence,
      orphanTimeoutMs: orphanTimeoutMs === Infinity ? undefined : orphanTimeoutMs,
      leaseMs,
    };
  }

  async #start(owner: NodeId, request: SpawnRequest): Promise<GenServerRef> {
    const runtime = this.#runtime;
    const behavior = runtime.use(BEHAVIORS).get(request.behavior);
    if (behavior === undefined) throw new BehaviorNotFoundError(request.behavior, runtime.nodeId);
    const { name, registration, fence, args, initTimeoutMs } = request;
    const run: StartChild = (hosted) =>
      spawnServer(runtime, behavior, {
        args,
        fence,
        ...hosted,
        ...(initTimeoutMs === undefined ? {} : { initTimeout: initTimeoutMs }),
        ...(name !== undefined && registration === 'local' ? { name } : {}),
      });
    if (fence !== undefined) {
      const childId = name ?? request.behavior;
      const { orphanTimeoutMs = Infinity, leaseMs } = request;
      const start: FencedStart = { owner, childId, fence, orphanTimeoutMs, leaseMs };
      return runtime.use(SPAWN_GATE).gate.admit(start, run);
    }
    const { ref, process } = await run();
    if (name === undefined || registration !== 'global') return ref;
    try {
      this.#registerGlobally(name, ref);
    } catch (error) {
      // Whoever asked knows neither its name nor its id: nobody could ever end it.
      process.finish('killed');
      throw error;
    }
    return ref;
  }
}

class PendingSpawn implements ReplyTo, Expiring {
  settled = false;
  onSettled: (() => void) | undefined;
  deadline: DeadlineLink | undefined;
  readonly #outcome = deferred<GenServerRef>();

  constructor(
    private readonly runtime: Runtime,
    private readonly nodeId: NodeId,
    private readonly request: SpawnRequest,
  ) {}

  get promise(): Promise<GenServerRef> {
    return this.#outcome.promise;
  }

  /** Throws a FrameError on an answer that is none: the link is not to be trusted then. */
  reply(value: unknown): void {
    const id = (value as { id?: unknown } | null | undefined)?.id;
    if (typeof id !== 'string') {
      const error = malformedFrame(`${describe(value)} for the ref of what was started`);
      this.fail(error);
      throw error;
    }
    if (this.#settle()) this.#outcome.resolve({ id, nodeId: this.nodeId });
  }

  fail(error: unknown): void {
    if (this.#settle()) this.#outcome.reject(error);
  }

  expire(): void {
    const { behavior, timeoutMs } = this.request;
    this.fail(new RemoteSpawnTimeoutError(behavior, this.nodeId, timeoutMs));
  }

  #settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.runtime.deadlines.clear(this);
    this.onSettled?.();
    return true;
  }
}
