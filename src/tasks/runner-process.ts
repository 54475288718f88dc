import { type ChildProcess, spawn } from 'node:child_process';
import type { Timers } from '../platform/platform.js';
import { TailLog } from './runner-log.js';

/** How a process is run, and within which bounds. */
export interface ProcessOptions {
  readonly timers: Timers;
  readonly cwd: string;
  /** The whole environment: nothing of this process's own goes along. */
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds until it is killed, with what it started in its group. */
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

/**
 * Runs a process to its end, or to the end of its time. Never rejects.
 *
 * What it started ends with it. A process that left its group lives on, and is not waited for: of
 * what such a one prints, only what came by then is kept.
 */
export function runProcess(
  program: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessOutcome> {
  const { timers, timeoutMs, signal: given, logBytesMax } = options;
  return new Promise((resolve) => {
    const log = new TailLog(logBytesMax);
    const child = start(program, args, options);
    let outcome: Omit<ProcessOutcome, 'log'> | undefined;
    const finish = (): void => {
      if (outcome === undefined) return;
      letGo(child);
      resolve({ ...outcome, log: log.text() });
    };
    const over = (how: Omit<ProcessOutcome, 'log'>): void => {
      if (outcome !== undefined) return;
      outcome = how;
      timer.cancel();
      given?.removeEventListener('abort', onAbort);
      // What it left behind would run on beside the next task.
      killGroup(child);
      // In two steps: between them is read what is there, however late the first one comes.
      timers.after(DRAIN_MS / 2, () => timers.after(DRAIN_MS / 2, finish));
    };
    const cut = (ended: 'timeout' | 'aborted'): void => over({ ended, code: null, signal: null });
    const timer = timers.after(timeoutMs, () => cut('timeout'));
    const onAbort = (): void => cut('aborted');
    given?.addEventListener('abort', onAbort, { once: true });
    if (given?.aborted === true) onAbort();
    child.stdout?.on('data', (chunk: Buffer) => log.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => log.push(chunk));
    child.on('error', (error) => {
      if (child.pid === undefined) over({ ended: 'failed', code: null, signal: null, error });
    });
    child.on('exit', (code, signal) => over({ ended: 'exit', code, signal }));
    child.on('close', finish);
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
  // It may have ended before it read anything: how it ended is told by `exit`.
  if (firstMessage !== undefined) child.send(firstMessage, () => undefined);
  return child;
}

// Whoever else has its output or its channel may keep them: nobody listens any more.
function letGo(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
  if (child.connected) child.disconnect();
  child.unref();
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

/** How long what a process printed may take to arrive after its end. */
const DRAIN_MS = 200;
