import { describe, FaultlineError } from '../base/errors.js';
import type { Clock, Timers } from '../platform/platform.js';
import { projectDirectory } from './project-directory.js';
import type { Project } from './project-files.js';
import type { ProjectFolders, ReadyProject } from './project-folder.js';
import { isProjectName, normalProjectPath } from './project-name.js';
import { type RunLimits, runProgram, type RunResult } from './runner.js';
import type { Task } from './task.js';

/** A task asks for something that cannot be run. */
export class ShippedTaskError extends FaultlineError {
  static readonly code = 'ERR_SHIPPED_TASK';
  override readonly name = 'ShippedTaskError';
  readonly code = ShippedTaskError.code;

  constructor(
    readonly field: string,
    expected: string,
    got: unknown,
  ) {
    super(`Expected ${field} of the task to be ${expected}, got ${describe(got)}`);
  }
}

/** What it takes to run the tasks of a worker. */
export interface ProjectHost {
  readonly folders: ProjectFolders;
  readonly limits: RunLimits;
  readonly platform: { readonly clock: Clock; readonly timers: Timers };
}

/**
 * Checks the whole task, then writes what was shipped and installs it. A field that is null is a
 * field that is missing. Rejects with what is wrong with the task.
 */
export async function installShipped(
  task: Task,
  { folders, limits }: ProjectHost,
): Promise<ReadyProject> {
  const { type, projectName } = task;
  if (type !== 'executeCode') {
    const expected = "'executeCode', the one type that a worker without { execute } can do";
    throw new ShippedTaskError('type', expected, type);
  }
  // Before anything is written: a task that cannot be run needs no packages.
  askedOf(task, limits);
  // A generator may leave the name out; a name that is there has to be one.
  const name = (projectName ?? nameOf(task)) as string;
  return folders.prepare(name, task as unknown as Project);
}

/** Runs an installed project within the limits. Rejects with RunError or ShippedTaskError. */
export async function runShipped(
  task: Task,
  { path, entryPoint }: ReadyProject,
  { limits, platform, signal }: ProjectHost & { readonly signal: AbortSignal },
): Promise<RunResult> {
  const { taskId, options } = task;
  const { workingDirectory: wanted, timeoutMs, ...given } = askedOf(task, limits);
  const workingDirectory = await projectDirectory(path, wanted);
  if (workingDirectory === undefined) {
    throw new ShippedTaskError('workingDirectory', 'a folder in its project', wanted);
  }
  return runProgram(
    {
      taskId,
      folder: path,
      entryPoint,
      workingDirectory,
      ...given,
      options: options ?? undefined,
      limits: { ...limits, timeoutMs },
      signal,
    },
    platform,
  );
}

interface Asked {
  readonly workingDirectory: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

function askedOf(task: Task, limits: RunLimits): Asked {
  return {
    workingDirectory: workingDirectoryOf(task),
    args: argsOf(task),
    env: envOf(task),
    timeoutMs: timeLimitMs(task, limits),
  };
}

function nameOf({ packageJson, taskType }: Task): string {
  const { name } = (packageJson ?? {}) as { readonly name?: unknown };
  const names = [name, taskType].filter((each) => typeof each === 'string');
  return names.find(isProjectName) ?? 'project';
}

function argsOf(task: Task): readonly string[] {
  const args = task['args'] ?? [];
  const isValid = Array.isArray(args) && args.every((arg) => typeof arg === 'string');
  if (isValid) return args;
  throw new ShippedTaskError('args', 'an array of texts', args);
}

function envOf(task: Task): Readonly<Record<string, string>> {
  const env = task['env'] ?? {};
  const isObject = typeof env === 'object' && !Array.isArray(env);
  if (isObject && Object.values(env).every((value) => typeof value === 'string')) {
    return env as Record<string, string>;
  }
  throw new ShippedTaskError('env', 'an object of texts', env);
}

/** The time of a task: its own, or the worker's when that is shorter. */
export function timeLimitMs({ timeout }: Task, limits: Pick<RunLimits, 'timeoutMs'>): number {
  if (timeout === undefined || timeout === null || timeout === 0) return limits.timeoutMs;
  if (typeof timeout === 'number' && timeout > 0) return Math.min(timeout, limits.timeoutMs);
  throw new ShippedTaskError('timeout', 'milliseconds', timeout);
}

// The empty text is the folder of the project.
function workingDirectoryOf({ workingDirectory }: Task): string {
  const path = workingDirectory ?? '';
  return path === '' ? '' : normalProjectPath(path, 'workingDirectory of the task');
}
