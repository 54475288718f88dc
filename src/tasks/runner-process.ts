import { type ChildProcess, spawn } from 'node:child_process';
import type { Timers } from '../platform/platform.js';
import { TailLog } from './runner-log.js';

/** How a process is run, and within which bounds. */
export interface ProcessOptions {
  readonly timers: Timers;
  readonly cwd: string;
  /** The whole environment: nothing of this process's own goes along. */
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds until it is killed, with all that it started. */
  readonly timeoutMs: number;
  readonly logBytesMax: number;
  /** Kills it when it is aborted. */
  readonly signal?: AbortSignal;
  /** Takes what it sends; it has a channel to this process then. */
  readonly onMessage?: (message: unknown) => void;
  /** What it is sent first. */
  readonly firstMessage?: object;
  readonly isShell?: boolean;
}

/** How a process ended, and the end of what it printed. */
export interface ProcessOutcome {
  /** `failed`: it could not be started. */
  readonly ended: 'exit' | 'timeout' | 'aborted' | 'failed';
  readonly code: number | null;
  readonly signal: string | null;
  readonly log: string;
  readonly error?: Error;
}

/** Runs a process to its end, or to the end of its time. Never rejects. */
export function runProcess(
  program: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessOutcome> {
  return new Promise((resolve) => {
    const log = new TailLog(options.logBytesMax);
    let cut: 'timeout' | 'aborted' | undefined;
    const child = start(program, args, options);
    const kill = (why: 'timeout' | 'aborted'): void => {
      cut ??= why;
      killGroup(child);
    };
    const timer = options.timers.after(options.timeoutMs, () => kill('timeout'));
    const onAbort = (): void => kill('aborted');
    options.signal?.addEventListener('abort', onAbort, { once: true });
    if (options.signal?.aborted === true) onAbort();
    const end = (outcome: Omit<ProcessOutcome, 'log'>): void => {
      timer.cancel();
      options.signal?.removeEventListener('abort', onAbort);
      // What it left behind would run on beside the next task.
      killGroup(child);
      resolve({ ...outcome, log: log.text() });
    };
    child.stdout?.on('data', (chunk: Buffer) => log.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => log.push(chunk));
    child.on('error', (error) => {
      if (child.pid === undefined) end({ ended: 'failed', code: null, signal: null, error });
    });
    // Its output may be held open by what it started: that is killed first, and then it closes.
    child.on('exit', () => killGroup(child));
    child.on('close', (code, signal) => end({ ended: cut ?? 'exit', code, signal }));
  });
}

function start(program: string, args: readonly string[], options: ProcessOptions): ChildProcess {
  const { cwd, env, onMessage, firstMessage, isShell = false } = options;
  const hasChannel = onMessage !== undefined;
  const child = spawn(program, [...args], {
    cwd,
    env,
    shell: isShell,
    // A group of its own, so that what it starts ends with it.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe', ...(hasChannel ? (['ipc'] as const) : [])],
    windowsHide: true,
  });
  if (!hasChannel) return child;
  child.on('message', onMessage);
  // It may have ended before it read anything: how it ended is told by `close`.
  if (firstMessage !== undefined) child.send(firstMessage, () => undefined);
  return child;
}

function killGroup(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Nobody of the group is left: that is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') child.kill('SIGKILL');
  }
}
