/** `npm run supervisor`, or `supervisor-node.ts [port] [seeds...]`. */
import {
  BehaviorRegistry,
  Cluster,
  DistributedSupervisor,
  type DistributedSupervisorEvent,
} from '../../index.js';
import { joinCluster, portOf, runProgram, tellOfLoss } from '../cluster-member.js';
import { Terminal } from '../terminal.js';
import { PoolSupervisor } from './pool-supervisor.js';
import { supervisorCommands } from './supervisor-commands.js';
import { TASK_QUEUE, WORKER } from './task.js';
import { worker } from './worker.js';

await runProgram('supervisor', async () => {
  const [port, ...seeds] = process.argv.slice(2);
  const terminal = new Terminal();
  BehaviorRegistry.register(WORKER, worker);
  DistributedSupervisor.onLifecycleEvent((event) => terminal.show(...linesOf(event)));
  await joinCluster({ nodeName: 'supervisor', port: portOf(port, 4369), seeds }, terminal.show);
  const means =
    'workers and commands of this node use it, and what this node had in its own is gone';
  tellOfLoss({ name: TASK_QUEUE, means }, terminal.show);
  const pool = await PoolSupervisor.start();
  terminal.show(`Supervisor node started: ${Cluster.getLocalNodeId()}`, '/help shows the commands');
  await terminal.converse({ name: 'supervisor', commands: supervisorCommands(pool) });
  terminal.show('Stopping the workers...');
  await pool.stop();
  await Cluster.stop();
});

function linesOf(event: DistributedSupervisorEvent): readonly string[] {
  switch (event.type) {
    case 'child_restarted':
      return [`[POOL] ${event.childId} restarted on ${event.nodeId} (restart ${event.attempt})`];
    case 'child_migrated':
      return [`[POOL] ${event.childId} migrated: ${event.fromNode} -> ${event.toNode}`];
    case 'node_failure_detected': {
      const affected = event.affectedChildren.join(', ');
      return [`[POOL] Node ${event.nodeId} failed, affected workers: ${affected}`];
    }
    case 'supervisor_stopped':
      return event.reason === 'max_restarts_exceeded'
        ? ['[POOL] Too many restarts: the supervisor gave up and stopped the workers']
        : [];
    default:
      return [];
  }
}
