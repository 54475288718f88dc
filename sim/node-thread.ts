import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { ANSWERED, ASKED, type ThreadData } from './lanes/thread-data.js';
import { sealIntrinsics } from './virtual/intrinsics.js';
import { SimNode } from './sim-node.js';
import type { Turn } from './turn.js';

const { boot, bundle, port, control } = workerData as ThreadData;
const node = new SimNode(boot, bundle);
let taken = 0;

process.on('uncaughtException', (error) => node.fail(error));
process.on('unhandledRejection', (reason) => node.fail(reason));
sealIntrinsics();
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
  node.take(receiveMessageOnPort(port)?.message as Turn);
  setImmediate(answer);
}

function answer(): void {
  port.postMessage(node.finish());
  Atomics.add(control, ANSWERED, 1);
  Atomics.notify(control, ANSWERED);
  serve();
}
