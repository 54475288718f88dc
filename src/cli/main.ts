#!/usr/bin/env node
/** The command `faultline`: its first word says what to do, the rest goes there as it is. */
import { suggestion } from '../base/suggestion.js';

const HELP = `\
Usage: faultline <command> [flags]

  node         run a node of a cluster over TCP; faultline node --help
  coordinator  hand tasks to workers and keep them until they are done; faultline coordinator --help
  task-worker  do the tasks of a coordinator; faultline task-worker --help
  sim          start a simulated cluster, kill nodes, check every promise; faultline sim --help
`;
const COMMANDS = ['node', 'coordinator', 'task-worker', 'sim'] as const;
const [subcommand, ...args] = process.argv.slice(2);
process.exitCode = await run(subcommand);

async function run(name: string | undefined): Promise<number> {
  switch (name) {
    case 'node': {
      const { runNodeCommand } = await import('./node-process.js');
      return runNodeCommand(args, 'npx faultline node');
    }
    case 'coordinator': {
      const { coordinatorCommand } = await import('./coordinator-command.js');
      const { runInProcess } = await import('./command-process.js');
      return runInProcess('npx faultline coordinator', (surroundings) =>
        coordinatorCommand(args, surroundings),
      );
    }
    case 'task-worker': {
      const { taskWorkerCommand } = await import('./task-worker-command.js');
      const { runInProcess } = await import('./command-process.js');
      return runInProcess('npx faultline task-worker', (surroundings) =>
        taskWorkerCommand(args, surroundings),
      );
    }
    case 'sim': {
      // Nothing of the simulator is loaded by those who ask for something else.
      const { runSimCommand } = await import('../../sim/cli/sim-process.js');
      return runSimCommand(args, 'npx faultline sim');
    }
    case '--version': {
      const { packageVersion } = await import('./package-version.js');
      process.stdout.write(`${packageVersion()}\n`);
      return 0;
    }
    case '--help':
    case 'help':
      process.stdout.write(HELP);
      return 0;
    default: {
      const got = name === undefined ? 'nothing' : name.slice(0, 60);
      const meant = suggestion(got, COMMANDS);
      const hint = meant === undefined ? 'see --help' : `did you mean ${meant}?`;
      process.stderr.write(
        `faultline: expected the command ${COMMANDS.join(' or ')}, got ${got} (${hint})\n`,
      );
      return 2;
    }
  }
}
