import type { Clock } from '../platform/platform.js';
import type { TextSink } from './node-journal.js';
import { packageVersion } from './package-version.js';

/** What a command sees of the process that it runs in. */
export interface CommandProcess {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How the user calls it. */
  readonly command: string;
  readonly version: string;
  /** Calls `end` once, when the command is to end, with a word for why. */
  readonly onEnd: (end: (because: string) => void, clock: Pick<Clock, 'nowMs'>) => void;
}

/**
 * Runs a command in this process, and ends the process with its exit code.
 *
 * The first SIGTERM or SIGINT tells the command to end; a second one ends the process at once, with
 * 143 or 130. A reader of the output that goes away costs the output and not the command.
 */
export async function runInProcess(
  command: string,
  run: (surroundings: CommandProcess) => Promise<number>,
): Promise<never> {
  const ignore = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
  };
  process.stdout.on('error', ignore);
  process.stderr.on('error', ignore);
  const code = await run({
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    command,
    version: packageVersion(),
    onEnd: listenToSignals,
  });
  await flushed();
  // What a user's module left running, such as a server or a timer, must not keep the process.
  process.exit(code);
}

function listenToSignals(end: (because: string) => void, clock: Pick<Clock, 'nowMs'>): void {
  let first: { readonly signal: EndSignal; readonly atMs: number } | undefined;
  const told = (signal: EndSignal): void => {
    const nowMs = clock.nowMs();
    if (first === undefined) {
      first = { signal, atMs: nowMs };
      end(signal);
      return;
    }
    // A terminal signals every process of a command at once, and the programs that started this
    // one pass theirs on: one press of Ctrl-C arrives more than once.
    const isSamePress =
      signal === 'SIGINT' && first.signal === signal && nowMs - first.atMs <= ONE_PRESS_MS;
    if (!isSamePress) process.exit(EXIT_BY_SIGNAL[signal]);
  };
  process.on('SIGINT', told).on('SIGTERM', told);
}

function flushed(): Promise<void> {
  return new Promise((resolve) => process.stdout.write('', () => resolve()));
}

type EndSignal = keyof typeof EXIT_BY_SIGNAL;

const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;
const ONE_PRESS_MS = 300;
