import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, FaultlineError } from '../base/errors.js';
import type { Clock, Timers } from '../platform/platform.js';
import type { Project } from './project-files.js';
import type { ProjectFolders, ReadyProject } from './project-folder.js';
import { checkProjectPath, isProjectName } from './project-name.js';
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

/** Checks what was shipped, writes it and installs it. Rejects with what is wrong with it. */
export function installShipped(task: Task, { folders }: ProjectHost): Promise<ReadyProject> {
  const { type, projectName } = task;
  if (type !== 'executeCode') {
    const expected = "'executeCode', the one type that a worker without { execute } can do";
    throw new ShippedTaskError('type', expected, type);
  }
  // A generator may leave the name out; a name that is there has to be one.
  const name = projectName === undefined ? nameOf(task) : (projectName as string);
  return folders.prepare(name, task as unknown as Project);
}

/** Runs an installed project within the limits. Rejects with RunError or ShippedTaskError. */
export async function runShipped(
  task: Task,
  { path, entryPoint }: ReadyProject,
  { limits, platform, signal }: ProjectHost & { readonly signal: AbortSignal },
): Promise<RunResult> {
  const { taskId, options } = task;
  const workingDirectory = workingDirectoryOf(task);
  const { args, env } = { args: argsOf(task), env: envOf(task) };
  const timeoutMs = timeLimitMs(task, limits);
  if (workingDirectory !== undefined) {
    await mkdir(join(path, workingDirectory), { recursive: true });
  }
  return runProgram(
    {
      taskId,
      folder: path,
      entryPoint,
      ...(workingDirectory === undefined ? {} : { workingDirectory }),
      args,
      env,
      options,
      limits: { ...limits, timeoutMs },
      signal,
    },
    platform,
  );
}

function nameOf({ packageJson, taskType }: Task): string {
  const { name } = (packageJson ?? {}) as { readonly name?: unknown };
  const names = [name, taskType].filter((each) => typeof each === 'string');
  return names.find(isProjectName) ?? 'project';
}

function argsOf({ args = [] }: Task): readonly string[] {
  const isValid = Array.isArray(args) && args.every((arg) => typeof arg === 'string');
  if (isValid) return args;
  throw new ShippedTaskError('args', 'an array of texts', args);
}

function envOf({ env = {} }: Task): Readonly<Record<string, string>> {
  const isObject = typeof env === 'object' && env !== null && !Array.isArray(env);
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

function workingDirectoryOf({ workingDirectory }: Task): string | undefined {
  if (workingDirectory === undefined || workingDirectory === '') return undefined;
  return checkProjectPath(workingDirectory, 'workingDirectory of the task');
}
