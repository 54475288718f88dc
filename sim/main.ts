import { runSimCommand } from './cli/sim-process.js';

process.exitCode = await runSimCommand(process.argv.slice(2), 'npm run sim --');
