import { runInProcess } from './command-process.js';
import { nodeCommand } from './node-command.js';

/** Runs the command in this process, and ends the process with its exit code. */
export function runNodeCommand(args: readonly string[], command: string): Promise<never> {
  return runInProcess(command, (surroundings) => nodeCommand(args, surroundings));
}
