import { setImmediate } from 'node:timers';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { ANSWERED, ASKED, type ThreadData } from './lanes/thread-data.js';
import { TurnPage } from './lanes/turn-page.js';
import { virtualiseThread } from './virtual/thread.js';
import { SimNode } from './sim-node.js';
import type { NodeBoot, Turn } from './turn.js';

const { boot, bundle, port, control, page: shared } = workerData as ThreadData;
const page = new TurnPage(shared);
let node = new SimNode(boot, bundle);
let taken = 0;

virtualiseThread();
process.on('uncaughtException', (error) => node.fail(error));
process.on('unhandledRejection', (reason) => node.fail(reason));
parentPort?.postMessage('ready');
setImmediate(serve);

// Runs in a native immediate, as every turn in every lane does. The thread sleeps in here while it
// is not the node's turn, so nothing of the node can run then.
function serve(): void {
  for (let asked = Atomics.load(control, ASKED); asked === taken;) {
    Atomics.wait(control, ASKED, asked);
    asked = Atomics.load(control, ASKED);
  }
  taken += 1;
  const turn = page.readTurn() ?? (receiveMessageOnPort(port)?.message as Turn | NodeBoot);
  if ('nodeId' in turn) return succeed(turn, 3);
  node.take(turn);
  setImmediate(answer);
}

function answer(): void {
  const result = node.finish();
  if (!page.writeResult(result)) port.postMessage(result);
  yieldBack();
}

// The node of a run that is over makes way for one of the next run. Should the engine have put off
// anything of the old one, it comes before that one begins, and nobody hears of it.
function succeed(next: NodeBoot, rounds: number): void {
  node.fail(new Error('the run ended'));
  if (rounds > 0) {
    setImmediate(() => succeed(next, rounds - 1));
    return;
  }
  node = new SimNode(next, bundle);
  yieldBack();
}

function yieldBack(): void {
  Atomics.add(control, ANSWERED, 1);
  Atomics.notify(control, ANSWERED);
  serve();
}
