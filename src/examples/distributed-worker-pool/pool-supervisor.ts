import {
  DistributedSupervisor,
  type DistributedSupervisorRef,
  GenServer,
  type GenServerBehavior,
  type GenServerRef,
  GlobalRegistry,
  type NodeId,
  type NodeSelectorType,
  Supervisor,
} from '../../index.js';
import { type CollectorRef, resultCollector } from './result-collector.js';
import { type QueueRef, taskQueue } from './task-queue.js';
import { RESULTS, TASK_QUEUE, type TaskResult, WORKER } from './task.js';

export interface PoolSupervisorOptions {
  /** Hears of each result that is counted. */
  readonly onCounted?: (result: TaskResult) => void;
}

/** Where workers may be placed, as `/strategy` takes it. */
export const STRATEGIES = [
  'round_robin',
  'least_loaded',
  'local_first',
  'random',
] as const satisfies readonly NodeSelectorType[];

/** The pool as its supervisor node sees it: queue, collector, and workers all over the cluster. */
export class PoolSupervisor {
  readonly ref: DistributedSupervisorRef;
  /** Where the next workers go. */
  strategy: NodeSelectorType = 'round_robin';
  #added = 0;

  private constructor(ref: DistributedSupervisorRef) {
    this.ref = ref;
  }

  /** On a running cluster, which has no other such node: names of its own are taken otherwise. */
  static async start({ onCounted }: PoolSupervisorOptions = {}): Promise<PoolSupervisor> {
    await Supervisor.start({
      // One without the other would count tasks that nobody gave out.
      strategy: 'one_for_all',
      children: [
        { id: TASK_QUEUE, start: () => startNamed(TASK_QUEUE, taskQueue) },
        { id: RESULTS, start: () => startNamed(RESULTS, resultCollector(onCounted)) },
      ],
    });
    const ref = await DistributedSupervisor.start({
      strategy: 'one_for_one',
      nodeSelector: 'round_robin',
      restartIntensity: { maxRestarts: 10, withinMs: 60_000 },
    });
    return new PoolSupervisor(ref);
  }

  get queue(): QueueRef {
    return reached(TASK_QUEUE) as QueueRef;
  }

  get collector(): CollectorRef {
    return reached(RESULTS) as CollectorRef;
  }

  /** Starts one more worker; gives its id and its node. */
  async addWorker(): Promise<{ readonly id: string; readonly nodeId: NodeId }> {
    this.#added += 1;
    const id = `worker_${this.#added}`;
    await DistributedSupervisor.startChild(this.ref, {
      id,
      behavior: WORKER,
      args: [{ id }],
      restart: 'permanent',
      nodeSelector: this.strategy,
    });
    const child = DistributedSupervisor.getChild(this.ref, id);
    if (child === undefined) throw new Error(`${id} ended as soon as it had started`);
    return child;
  }

  /** The task that it works on goes to another worker. */
  removeWorker(id: string): Promise<void> {
    return DistributedSupervisor.terminateChild(this.ref, id);
  }

  stop(): Promise<void> {
    return DistributedSupervisor.stop(this.ref);
  }
}

// Of another supervisor node, perhaps: see `tellOfLoss`.
function reached(name: string): GenServerRef {
  const ref = GlobalRegistry.whereis(name);
  if (ref !== undefined) return ref;
  throw new Error(
    `The node that had ${name} is gone: end this supervisor node, and start it again`,
  );
}

async function startNamed<State, CallMsg, CastMsg, Reply>(
  name: string,
  behavior: GenServerBehavior<State, CallMsg, CastMsg, Reply>,
): Promise<GenServerRef> {
  const ref = await GenServer.start(behavior);
  try {
    await GlobalRegistry.register(name, ref);
  } catch (error) {
    await GenServer.stop(ref);
    throw error;
  }
  return ref;
}
