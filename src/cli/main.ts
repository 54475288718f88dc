#!/usr/bin/env node
/** The command `faultline`: its first word says what to do, the rest goes there as it is. */
export {};

const HELP = `\
Usage: faultline <command> [flags]

  sim    start a simulated cluster, kill nodes, check every promise; faultline sim --help
`;
const [subcommand, ...args] = process.argv.slice(2);
process.exitCode = await run(subcommand);

async function run(name: string | undefined): Promise<number> {
  switch (name) {
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
      process.stderr.write(`faultline: expected the command sim, got ${got} (see --help)\n`);
      return 2;
    }
  }
}
