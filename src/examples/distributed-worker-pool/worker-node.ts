/** `npm run worker1`, or `worker-node.ts <name> [port] [seeds...]`. */
import { BehaviorRegistry, Cluster } from '../../index.js';
import { joinCluster, portOf, runProgram } from '../cluster-member.js';
import { Terminal } from '../terminal.js';
import { WORKER } from './task.js';
import { worker } from './worker.js';
import { workerCommands } from './worker-commands.js';

await runProgram('worker', async () => {
  const [nodeName = 'worker1', port, ...others] = process.argv.slice(2);
  const seeds = others.length > 0 ? others : ['supervisor@127.0.0.1:4369'];
  const terminal = new Terminal();
  BehaviorRegistry.register(WORKER, worker);
  await joinCluster({ nodeName, port: portOf(port, 4370), seeds }, terminal.show);
  terminal.show(`Worker node started: ${Cluster.getLocalNodeId()}`, '/help shows the commands');
  const why = await terminal.converse({ name: nodeName, commands: workerCommands() });
  // Its workers end with it, and start again on the nodes that stay.
  terminal.show(`Leaving the cluster (${why})`);
  await Cluster.stop();
});
