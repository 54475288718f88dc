import { MessageChannel } from 'node:worker_threads';
import { deferred } from '../base/deferred.js';
import { toError } from '../base/errors.js';
import type { NodeId } from '../base/node-id.js';
import {
  type ClusterOptions,
  InvalidClusterConfigError,
  addressOf,
} from '../cluster/cluster-config.js';
import { CLUSTER, type ClusterService } from '../cluster/cluster.js';
import { DISTRIBUTED_SUPERVISORS } from '../distributed/distributed-supervisor.js';
import { OFFLOAD_ERRORS } from '../offload/offload-error.js';
import { modulePath } from '../offload/user-module.js';
import { checkDelayMs } from '../otp/option.js';
import { ERROR_CLASSES } from '../runtime/error-classes.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';
import { enter, entranceWith } from './near-cluster.js';
import { NearPorts, threadAddress } from './near-ports.js';
import { THREAD_ERRORS, ThreadStartError } from './thread-error.js';
import { type ThreadEntry, threadEntry } from './thread-entry.js';
import { CLUSTER_TIMING, type ThreadNode, type ThreadNodeOptions } from './thread-options.js';
import { picked, planOf } from './thread-plan.js';
import { STOP_TOPIC } from './thread-message.js';
import { ThreadWorker } from './thread-worker.js';

/** A node that others of its process may join: it makes them, and introduces them to each other. */
export class ThreadHost {
  readonly #runtime: Runtime;
  readonly #threads = new Set<ThreadWorker>();
  /** Those of the threads, and of the ones that are about to be. */
  readonly #names = new Set<string>();
  /** The threads that have a name, and are introduced to new ones. */
  readonly #met = new Map<ThreadWorker, NodeId>();
  /** A name keeps its number: started again, it is the same node in a later life. */
  readonly #numbers = new Map<string, number>();
  #starting: Promise<void> | undefined;
  #near: NearPorts | undefined;
  /** What the cluster was started with, when this node listens on the network. */
  #network: ClusterOptions | undefined;
  #isThread = false;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** As `ClusterService.start`. With a transport of its own a node has no thread nodes. */
  startCluster(options: ClusterOptions): Promise<void> {
    if (this.#starting !== undefined) {
      const reason = 'expected it to be stopped, but it is starting';
      return Promise.reject(new InvalidClusterConfigError(reason));
    }
    const isStopped = this.#cluster.status === 'stopped';
    if (isStopped) this.#near = undefined;
    if (isStopped && options.transport === undefined)
      return this.#begin(() => this.#listen(options));
    this.#runtime.use(DISTRIBUTED_SUPERVISORS);
    return this.#cluster.start(options);
  }

  /** As `ClusterService.stop`, after the thread nodes of this one were stopped. */
  stopCluster({ threadTimeoutMs = STOP_TIMEOUT_MS } = {}): Promise<void> {
    const isAlone = this.#threads.size === 0 && this.#starting === undefined;
    return isAlone ? this.#cluster.stop() : this.#stop(threadTimeoutMs);
  }

  /** This runtime is a thread node itself; it makes no further ones. */
  becomeThread(): void {
    this.#isThread = true;
  }

  /** See `startThreadNode`. */
  async start(module: string | URL, options: ThreadNodeOptions): Promise<ThreadNode> {
    const { name = this.#freeName(), startTimeoutMs = 10_000 } = options;
    checkDelayMs('startTimeoutMs', startTimeoutMs);
    if (this.#names.has(name)) {
      const reason = 'another one of that name runs; await its exited, or choose another { name }';
      throw new ThreadStartError(name, reason);
    }
    this.#names.add(name);
    let worker: ThreadWorker | undefined;
    try {
      await this.#openTo(name, options);
      const path = modulePath(module);
      worker = this.#work(name, path, await threadEntry(path), options);
      return await this.#joinWithin(worker, startTimeoutMs);
    } catch (error) {
      await worker?.terminate();
      this.#names.delete(name);
      throw error;
    }
  }

  get #cluster(): ClusterService {
    return this.#runtime.use(CLUSTER);
  }

  #begin(start: () => Promise<void>): Promise<void> {
    this.#starting ??= start().finally(() => (this.#starting = undefined));
    return this.#starting;
  }

  async #listen(options: ClusterOptions): Promise<void> {
    const near = new NearPorts(this.#runtime.platform, 'the threads of this process');
    await enter(this.#runtime, await entranceWith(near, options, this.#runtime));
    this.#near = near;
    this.#network = options;
  }

  // For a process that has a cluster of threads alone.
  async #listenToThreads(timing: Partial<ClusterOptions>): Promise<void> {
    const { host, port, address } = threadAddress(this.#numberOf(''));
    const near = new NearPorts(this.#runtime.platform, address);
    const { transport } = near;
    await enter(this.#runtime, {
      ...timing,
      nodeName: 'main',
      advertiseHost: host,
      port,
      transport,
    });
    this.#near = near;
    this.#network = undefined;
  }

  async #stop(timeoutMs: number): Promise<void> {
    await this.#starting?.catch(() => undefined);
    const threads = [...this.#threads];
    // One that has no node yet has nothing to leave.
    const end = (each: ThreadWorker): Promise<void> =>
      this.#met.has(each) ? this.#end(each, timeoutMs) : each.terminate();
    await Promise.all(threads.map(end));
    await this.#cluster.stop();
  }

  async #openTo(name: string, options: ThreadNodeOptions): Promise<void> {
    if (this.#isThread) throw new ThreadStartError(name, 'a thread node makes no further ones');
    if (this.#cluster.status === 'stopped' || this.#starting !== undefined) {
      await this.#begin(() => this.#listenToThreads(picked(options, CLUSTER_TIMING)));
    }
    if (this.#near === undefined || this.#cluster.status !== 'running') {
      const reason = 'its host is stopping, or was started with a { transport } of its own';
      throw new ThreadStartError(name, reason);
    }
  }

  #work(name: string, path: string, { entry, module }: ThreadEntry, options: ThreadNodeOptions) {
    const host = this.#cluster.node.self.nodeId;
    const place = { nodeName: name, number: this.#numberOf(name), module, host };
    const { env, resourceLimits, execArgv = [] } = options;
    let worker: ThreadWorker;
    try {
      worker = new ThreadWorker(this.#runtime.platform.timers, { name, module: path }, entry, {
        workerData: planOf({ ...place, network: this.#network }, options),
        execArgv: [...execArgv],
        ...(env === undefined ? {} : { env }),
        ...(resourceLimits === undefined ? {} : { resourceLimits }),
      });
    } catch (error) {
      throw new ThreadStartError(name, toError(error).message, { cause: error });
    }
    this.#threads.add(worker);
    void worker.exited.then(({ reason, error, exitCode }) => {
      this.#threads.delete(worker);
      this.#names.delete(name);
      if (!this.#met.delete(worker) || reason !== 'crashed') return;
      this.#runtime.platform.log.error('a thread node crashed', { name, exitCode, error });
    });
    return worker;
  }

  async #joinWithin(worker: ThreadWorker, timeoutMs: number): Promise<ThreadNode> {
    const giveUp = (): void => {
      worker.fail(`it had not joined within ${timeoutMs} ms; raise { startTimeoutMs }`);
      void worker.terminate();
    };
    const { timers } = this.#runtime.platform;
    const timer = timers.after(timeoutMs, giveUp, { keepAlive: true });
    try {
      return await this.#join(worker);
    } finally {
      timer.cancel();
    }
  }

  async #join(worker: ThreadWorker): Promise<ThreadNode> {
    const nodeId = await worker.bound.promise;
    const up = deferred<void>();
    void worker.exited.then(() => up.reject(worker.gone));
    up.promise.catch(() => undefined);
    const unsubscribe = this.#cluster.onNodeUp(({ id }) => {
      if (id === nodeId) up.resolve();
    });
    try {
      this.#introduce(worker, nodeId);
      worker.join();
      await Promise.all([worker.ready.promise, up.promise]);
    } finally {
      unsubscribe();
    }
    return {
      nodeId,
      threadId: worker.threadId,
      exited: worker.exited,
      stop: async ({ timeoutMs = STOP_TIMEOUT_MS } = {}) => {
        await this.#end(worker, checkDelayMs('timeoutMs', timeoutMs));
      },
      terminate: () => worker.terminate(),
    };
  }

  // Said on the link that the messages went over, it comes behind all of them.
  #end(worker: ThreadWorker, timeoutMs: number): Promise<void> {
    return worker.stop(timeoutMs, () => {
      const nodeId = this.#met.get(worker);
      const node = this.#cluster.running;
      return nodeId !== undefined && node?.sendControl(nodeId, STOP_TOPIC, null) === 'sent';
    });
  }

  // The ends of a channel for it and for everybody whom it may meet.
  #introduce(worker: ThreadWorker, nodeId: NodeId): void {
    const toHost = new MessageChannel();
    worker.introduce(addressOf(this.#cluster.node.self.nodeId), toHost.port1);
    this.#near?.add(addressOf(nodeId), toHost.port2);
    for (const [other, otherId] of this.#met) {
      const { port1, port2 } = new MessageChannel();
      worker.introduce(addressOf(otherId), port1);
      other.introduce(addressOf(nodeId), port2);
    }
    this.#met.set(worker, nodeId);
  }

  #freeName(): string {
    let number = 1;
    while (this.#names.has(`thread${number}`)) number += 1;
    return `thread${number}`;
  }

  #numberOf(name: string): number {
    const number = this.#numbers.get(name) ?? this.#numbers.size + 1;
    this.#numbers.set(name, number);
    return number;
  }
}

export const THREAD_HOST: ServiceKey<ThreadHost> = {
  name: 'thread host',
  create: (runtime) => {
    runtime.use(ERROR_CLASSES).add([...OFFLOAD_ERRORS, ...THREAD_ERRORS]);
    return new ThreadHost(runtime);
  },
};

const STOP_TIMEOUT_MS = 10_000;
