import { toError } from '../base/errors.js';
import type { CommandProcess } from './command-process.js';
import { NodeUsageError } from './node-usage-error.js';

export interface TaskCommand<Flags> {
  /** The command's word. */
  readonly name: string;
  readonly parse: (args: readonly string[]) => TaskCommandLine<Flags>;
  readonly help: (command: string) => string;
  readonly run: (flags: Flags, surroundings: CommandProcess) => Promise<number>;
}

export type TaskCommandLine<Flags> =
  { readonly kind: 'help' | 'version' } | { readonly kind: 'run'; readonly flags: Flags };

/** Does what the command line asks for, and gives the exit code. Never rejects. */
export async function obey<Flags>(
  { name, parse, help, run }: TaskCommand<Flags>,
  args: readonly string[],
  surroundings: CommandProcess,
): Promise<number> {
  try {
    const asked = parse(args);
    if (asked.kind === 'run') return await run(asked.flags, surroundings);
    const { stdout, command, version } = surroundings;
    stdout.write(asked.kind === 'help' ? help(command) : `${version}\n`);
    return 0;
  } catch (error) {
    const isUsage = error instanceof NodeUsageError;
    const { message, stack = message } = toError(error);
    surroundings.stderr.write(`faultline ${name}: ${isUsage ? message : stack}\n`);
    return isUsage ? 2 : 1;
  }
}
