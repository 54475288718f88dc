// What the fragments about worker pools leave out, in the order in which they are printed.
import { after, inside, whole, type Wrapping } from './fragment.js';

/** Of the readme of the pool over several nodes. */
export const clusterPoolFragments: readonly Wrapping[] = [
  after(`import { DistributedSupervisor } from 'faultline/distribution';`),
  after(`import { type GenServerRef, GlobalRegistry, type NodeId } from 'faultline';
    declare const taskQueueRef: GenServerRef;
    declare const localNodeId: NodeId;`),
];

const WORKER = `type WorkerState = { tasksProcessed: number };
  type WorkerReply = { result: string };
  declare const workerBehavior: (id: number) => GenServerBehavior<WorkerState, never, never>;`;
const POOL = `import { GenServer, type GenServerBehavior, type GenServerRef } from 'faultline';
  ${WORKER}
  type PoolState = { workers: GenServerRef[]; nextWorkerIndex: number };
  declare const state: PoolState;`;

/** Of the pool in one process: a whole program, and variations of it. */
export const poolFragments: readonly Wrapping[] = [
  whole,
  after(POOL),
  after(`${POOL}
    declare const currentSize: number, targetSize: number;
    declare const newWorkers: GenServerRef[];`),
  after(`import { GenServer, type GenServerBehavior, Supervisor } from 'faultline';\n${WORKER}`),
  inside(
    `${POOL}
    type PoolCall = { type: 'submit'; task: string };
    export const pool: GenServerBehavior<PoolState, PoolCall, never, WorkerReply> = {
      init: () => state,
      handleCast: (_message, given) => given,`,
    '};',
  ),
];
