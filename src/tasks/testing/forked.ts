import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CoordinatorQuestion } from './coordinator-process.js';

/** Runs a program of this folder; gives what it tells first, once it does. */
export async function forked<First>(
  program: string,
  ...args: string[]
): Promise<[ChildProcess, First]> {
  const file = fileURLToPath(new URL(`./${program}.ts`, import.meta.url));
  const child = fork(file, args, { execArgv: ['--import', 'tsx'] });
  const [first] = (await once(child, 'message')) as [First];
  return [child, first];
}

/** A coordinator in a process of its own, with its store in a folder. */
export interface CoordinatorProcess {
  readonly child: ChildProcess;
  readonly port: number;
  readonly ended: Promise<unknown>;
  ask<Answer>(question: CoordinatorQuestion): Promise<Answer>;
  /** Resolves when it is dead. */
  kill(): Promise<void>;
}

export async function forkedCoordinator(
  path: string,
  { port: at = 0, isFrail = false }: { readonly port?: number; readonly isFrail?: boolean } = {},
): Promise<CoordinatorProcess> {
  const words = [String(at), path, ...(isFrail ? ['frail'] : [])];
  const [child, port] = await forked<number>('coordinator-process', ...words);
  return {
    child,
    port,
    ended: once(child, 'exit'),
    ask: async <Answer>(question: CoordinatorQuestion) => {
      child.send(question);
      return ((await once(child, 'message')) as [Answer])[0];
    },
    kill: () => killed(child),
  };
}

export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
