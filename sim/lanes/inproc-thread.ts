import { parentPort, threadId, workerData } from 'node:worker_threads';
import { runWorld } from '../run.js';
import { sealIntrinsics } from '../virtual/intrinsics.js';
import { InprocLane } from './inproc.js';
import { type InprocData, type InprocReply, type InprocRequest, NOBODY } from './thread-data.js';
import { MARK_NODE } from './thread-data.js';

const { marks } = workerData as InprocData;
let lane: InprocLane | undefined;

process.on('uncaughtException', blame);
process.on('unhandledRejection', blame);
sealIntrinsics();
parentPort?.on('message', (request: InprocRequest) => void serve(request).then(reply));

async function serve({ config, bundle, checkers }: InprocRequest): Promise<InprocReply> {
  lane = new InprocLane({ bundle, marks, threadId });
  try {
    return { kind: 'done', result: await runWorld(config, lane, checkers) };
  } catch (error) {
    return { kind: 'broken', error };
  } finally {
    marks[MARK_NODE] = NOBODY;
    await lane.close();
  }
}

function reply(message: InprocReply): void {
  parentPort?.postMessage(message);
}

function blame(thrown: unknown): void {
  if (lane?.blame(thrown) !== true) reply({ kind: 'broken', error: thrown });
}
