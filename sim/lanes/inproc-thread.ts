import { parentPort, threadId, workerData } from 'node:worker_threads';
import type { RunControl } from '../run-follower.js';
import { runWorld } from '../run.js';
import { virtualiseThread } from '../virtual/thread.js';
import { InprocLane } from './inproc.js';
import {
  type InprocData,
  type InprocOutcome,
  type InprocReply,
  type InprocRequest,
} from './thread-data.js';
import { TurnMarks } from './turn-marks.js';

const marks = new TurnMarks((workerData as InprocData).marks);
let lane: InprocLane | undefined;

virtualiseThread();
process.on('uncaughtException', blame);
process.on('unhandledRejection', blame);
parentPort?.on('message', (request: InprocRequest) => void serve(request).then(reply));

async function serve(request: InprocRequest): Promise<InprocOutcome> {
  const { config, bundle, checkers, keepObserved } = request;
  lane = new InprocLane({ bundle, marks, threadId });
  try {
    const result = await runWorld(config, lane, checkers, {
      ...controlOf(request),
      keepObserved,
    });
    return { kind: 'done', result };
  } catch (error) {
    return { kind: 'broken', error };
  } finally {
    marks.end();
    await lane.close();
  }
}

function controlOf({ followed }: InprocRequest): RunControl {
  const isAborted = (): boolean => marks.isAborted;
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
