/**
 * `task-scheduler.ts scheduler [port] [seeds...]`, or
 * `task-scheduler.ts executor <name> [port] [seeds...]`.
 */
import { portOf, runProgram } from '../cluster-member.js';
import { Terminal } from '../terminal.js';
import { runExecutorNode } from './executor-node.js';
import { runSchedulerNode } from './scheduler-node.js';

async function main(): Promise<void> {
  const [mode, ...words] = process.argv.slice(2);
  const terminal = new Terminal();
  switch (mode) {
    case 'scheduler': {
      const [port, ...seeds] = words;
      // `||`: an empty variable is none.
      const folder = process.env['TASK_FOLDER'] || '.cache/task-scheduler';
      return runSchedulerNode({ port: portOf(port, 4369), seeds, folder }, terminal);
    }
    case 'executor': {
      const [nodeName = 'executor1', port, ...others] = words;
      const seeds = others.length > 0 ? others : ['scheduler@127.0.0.1:4369'];
      return runExecutorNode({ nodeName, port: portOf(port, 4370), seeds }, terminal);
    }
    default:
      throw new Error(`expected scheduler or executor, got ${mode ?? 'nothing'}\n${USAGE}`);
  }
}

const USAGE = `
Usage:
  npm run scheduler [port] [seeds...]
  npm run executor <name> [port] [seeds...]

The scheduler keeps its tasks in the folder TASK_FOLDER, .cache/task-scheduler without it. In three
terminals:
  npm run scheduler 4369
  npm run executor executor1 4370 scheduler@localhost:4369
  npm run executor executor2 4371 scheduler@localhost:4369`;

await runProgram('task-scheduler', main);
