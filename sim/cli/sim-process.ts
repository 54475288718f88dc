import { packageVersion } from '../../src/cli/package-version.js';
import { EXIT } from '../report/verdict.js';
import { simCommand } from './sim-command.js';

/**
 * Runs the command in this process and gives its exit code.
 *
 * Ctrl-C ends the run, reports what there is, and gives 130; a second one ends at once. A reader
 * that goes away ends it silently.
 */
export function runSimCommand(args: readonly string[], command: string): Promise<number> {
  const interruption = new AbortController();
  let interruptedMs: number | undefined;
  const interrupt = (): void => {
    const nowMs = performance.now();
    interruptedMs ??= nowMs;
    // A terminal signals every process of a command at once, and the programs that started this
    // one pass theirs on: one key press arrives more than once.
    if (nowMs - interruptedMs > ONE_PRESS_MS) process.exit(EXIT.aborted);
    interruption.abort();
  };
  const leave = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(READER_GONE);
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  process.stdout.on('error', leave);
  process.stderr.on('error', leave);
  return simCommand(args, {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    command,
    version: packageVersion(),
    signal: interruption.signal,
  });
}

// What a shell reports of a process that SIGPIPE ended.
const READER_GONE = 141;
const ONE_PRESS_MS = 300;
