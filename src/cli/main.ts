#!/usr/bin/env node
/** The command `faultline`: its first word says what to do, the rest goes there as it is. */
import { suggestion } from '../base/suggestion.js';

const HELP = `\
Usage: faultline <command> [flags]

  node   run a node of a cluster over TCP; faultline node --help
  sim    start a simulated cluster, kill nodes, check every promise; faultline sim --help
`;
const COMMANDS = ['node', 'sim'] as const;
const [subcommand, ...args] = process.argv.slice(2);
process.exitCode = await run(subcommand);

async function run(name: string | undefined): Promise<number> {
  switch (name) {
    case 'node': {
      const { runNodeCommand } = await import('./node-process.js');
      return runNodeCommand(args, 'npx faultline node');
    }
    case 'sim': {
      // Nothing of the simulator is loaded by those who ask for something else.
      const { runSimCommand } = await import('../../sim/cli/sim-process.js');
      return runSimCommand(args, 'npx faultline sim');
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
