import {
  DistributedSupervisor,
  type DistributedSupervisorRef,
  GenServer,
  type NodeId,
} from '../../index.js';
import {
  PUSH_WORKER,
  type PushedResult,
  type PushedTask,
  type PushWorkerRef,
} from './push-worker.js';

export interface PushPoolStats {
  readonly workerCount: number;
  readonly totalProcessed: number;
  readonly totalFailed: number;
  readonly distribution: ReadonlyMap<NodeId, number>;
}

/** Workers all over the cluster, which are given tasks by turns. */
export class PushPool {
  readonly #ref: DistributedSupervisorRef;
  #turn = 0;

  private constructor(ref: DistributedSupervisorRef) {
    this.#ref = ref;
  }

  static async start({ workerCount }: { readonly workerCount: number }): Promise<PushPool> {
    const ref = await DistributedSupervisor.start({
      strategy: 'one_for_one',
      nodeSelector: 'round_robin',
      children: Array.from({ length: workerCount }, (_, at) => ({
        id: `worker-${at + 1}`,
        behavior: PUSH_WORKER,
        restart: 'permanent' as const,
      })),
      restartIntensity: { maxRestarts: 10, withinMs: 60_000 },
    });
    return new PushPool(ref);
  }

  get distribution(): ReadonlyMap<NodeId, number> {
    return DistributedSupervisor.getStats(this.#ref).childrenByNode;
  }

  /**
   * Gives the task to the next worker, and to the others after it when that one is lost: a task may
   * be done twice, and is answered once. Rejects when every worker has failed it.
   */
  async submit(task: PushedTask): Promise<PushedResult> {
    const workers = this.#workers();
    const first = this.#turn;
    this.#turn += 1;
    let lastError: unknown = new Error('no worker runs at present');
    for (const offset of workers.keys()) {
      const worker = workers[(first + offset) % workers.length] as PushWorkerRef;
      try {
        return await GenServer.call(worker, { type: 'process', task });
      } catch (error) {
        // Whatever ended that worker, or kept it out of reach, need not be true of the next one.
        lastError = error;
      }
    }
    throw new Error(`${task.id} was done by nobody`, { cause: lastError });
  }

  /** Counts of the workers that answer; one that was restarted began anew. */
  async stats(): Promise<PushPoolStats> {
    const asked = this.#workers().map((worker) => GenServer.call(worker, { type: 'get_stats' }));
    const answers = (await Promise.allSettled(asked)).flatMap((answer) =>
      answer.status === 'fulfilled' ? [answer.value] : [],
    );
    return {
      workerCount: asked.length,
      totalProcessed: answers.reduce((sum, { processedCount }) => sum + processedCount, 0),
      totalFailed: answers.reduce((sum, { failedCount }) => sum + failedCount, 0),
      distribution: this.distribution,
    };
  }

  stop(): Promise<void> {
    return DistributedSupervisor.stop(this.#ref);
  }

  #workers(): PushWorkerRef[] {
    return DistributedSupervisor.getChildren(this.#ref).map(({ ref }) => ref as PushWorkerRef);
  }
}
