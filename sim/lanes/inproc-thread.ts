import { parentPort, threadId, workerData } from 'node:worker_threads';
import type { RunControl } from '../run-follower.js';
import { runWorld } from '../run.js';
import { sealIntrinsics } from '../virtual/intrinsics.js';
import { InprocLane } from './inproc.js';
import {
  type InprocData,
  type InprocOutcome,
  type InprocReply,
  type InprocRequest,
  MARK_ABORT,
  MARK_NODE,
  NOBODY,
} from './thread-data.js';

const { marks } = workerData as InprocData;
let lane: InprocLane | undefined;

process.on('uncaughtException', blame);
process.on('unhandledRejection', blame);
sealIntrinsics();
parentPort?.on('message', (request: InprocRequest) => void serve(request).then(reply));

async function serve(request: InprocRequest): Promise<InprocOutcome> {
  const { config, bundle, checkers } = request;
  lane = new InprocLane({ bundle, marks, threadId });
  try {
    const result = await runWorld(config, lane, checkers, controlOf(request));
    return { kind: 'done', result };
  } catch (error) {
    return { kind: 'broken', error };
  } finally {
    marks[MARK_NODE] = NOBODY;
    await lane.close();
  }
}

function controlOf({ followed }: InprocRequest): RunControl {
  const isAborted = (): boolean => Atomics.load(marks, MARK_ABORT) === 1;
  if (followed === undefined) return { isAborted };
  return {
    isAborted,
    follower: {
      kinds: followed,
      observed: (observed) => reply({ kind: 'observed', observed }),
      reached: (nowUs) => reply({ kind: 'reached', nowUs }),
    },
  };
}

function reply(message: InprocReply): void {
  parentPort?.postMessage(message);
}

function blame(thrown: unknown): void {
  if (lane?.blame(thrown) !== true) reply({ kind: 'broken', error: thrown });
}
