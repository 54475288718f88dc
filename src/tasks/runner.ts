import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, FaultlineError, toError } from '../base/errors.js';
import { ModuleBuildError } from '../offload/user-module.js';
import type { Clock, Timers } from '../platform/platform.js';
import { CHILD_PROGRAM, type ChildTask, type ChildWord, isChildWord } from './runner-child.js';
import { isOutOfMemory, outcomeText } from './runner-outcome.js';
import { type ProcessOutcome, runProcess } from './runner-process.js';
import { type Program, programOf } from './runner-program.js';

/** The bounds of one execution. */
export interface RunLimits {
  /** Milliseconds until the program is killed, with what it started in its process group. */
  readonly timeoutMs: number;
  /** MiB of JavaScript heap. */
  readonly memoryMb: number;
  /** How much of the end of its output is kept. */
  readonly logBytesMax: number;
  /** How large the JSON of its result may be. */
  readonly resultBytesMax: number;
}

/** One execution of a program on disk. */
export interface RunRequest {
  readonly taskId: string;
  readonly folder: string;
  /** A path in `folder`. */
  readonly entryPoint: string;
  /** A path in `folder`; the folder itself when there is none. */
  readonly workingDirectory?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly options?: unknown;
  readonly limits: RunLimits;
  readonly signal?: AbortSignal;
}

/** What a program that ended well gave. */
export interface RunResult {
  /** What its function returned; null when it has none, or returned nothing. */
  readonly output: unknown;
  /** The end of what it printed. */
  readonly logs: string;
  readonly durationMs: number;
}

/** The program failed, was killed, or could not be started; `logs` is the end of its output. */
export class RunError extends FaultlineError {
  static readonly code = 'ERR_TASK_RUN';
  override readonly name = 'RunError';
  readonly code = RunError.code;

  constructor(
    readonly reason: string,
    readonly logs: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

/**
 * Runs a program in a process of its own, and resolves to what it gave. The program is the main
 * module of its process. A module with a default export or an export `run` that is a function is
 * called with `(args, { taskId, args, options })`, and what it returns is the output; when its
 * process ends before, it has failed. A module without one is done when it has ended. A program
 * that would call that same function itself as the main module is not the main one: its function is
 * called once, for its output. TypeScript is compiled first.
 *
 * The process sees the environment of the task and no more, and has a folder for temporary files
 * that goes with it. It is the user's own account all the same: this is a bound, not a cage. A
 * process that the program detaches from its group lives on, and holds up nothing.
 *
 * Rejects with {@link RunError}.
 */
export async function runProgram(
  request: RunRequest,
  platform: { readonly clock: Clock; readonly timers: Timers },
): Promise<RunResult> {
  const scratch = await realpath(await mkdtemp(join(tmpdir(), 'faultline-task-')));
  try {
    return await runIn(scratch, request, platform);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function runIn(
  scratch: string,
  request: RunRequest,
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
): Promise<RunResult> {
  const { workingDirectory = '.', limits, signal } = request;
  const folder = await realpath(request.folder);
  const program = await compiledProgram(request.entryPoint, { folder, scratch });
  const [first, temporary] = [join(scratch, 'start.cjs'), join(scratch, 'tmp')];
  await Promise.all([writeFile(first, CHILD_PROGRAM), mkdir(temporary)]);
  const startedMs = clock.nowMs();
  let word: ChildWord | undefined;
  const flags = [`--max-old-space-size=${limits.memoryMb}`, '--enable-source-maps'];
  const outcome = await runProcess(process.execPath, [...flags, first], {
    timers,
    cwd: join(folder, workingDirectory),
    env: { ...baseEnv(temporary), ...withoutNodeOptions(request.env ?? {}) },
    timeoutMs: limits.timeoutMs,
    logBytesMax: limits.logBytesMax,
    firstMessage: childTask(program, request),
    onMessage: (message) => {
      if (isChildWord(message) && !isLast(word)) word = message;
    },
    ...(signal === undefined ? {} : { signal }),
  });
  return resultOf(outcome, word, { limits, durationMs: clock.nowMs() - startedMs });
}

function isLast(word: ChildWord | undefined): boolean {
  return word?.faultline === 'done' || word?.faultline === 'failed';
}

async function compiledProgram(
  entryPoint: string,
  places: { readonly folder: string; readonly scratch: string },
): Promise<Program> {
  try {
    return await programOf(join(places.folder, entryPoint), places);
  } catch (error) {
    const reasons = error instanceof ModuleBuildError ? error.reasons.join('; ') : describe(error);
    throw new RunError(`${entryPoint} does not compile: ${reasons}`, '', { cause: toError(error) });
  }
}

function childTask(
  program: Program,
  { taskId, args = [], options, limits }: RunRequest,
): ChildTask {
  const task = { taskId, args, ...(options === undefined ? {} : { options }) };
  return { ...program, args, task, resultBytesMax: limits.resultBytesMax };
}

function baseEnv(temporary: string): NodeJS.ProcessEnv {
  const kept = KEPT_VARIABLES.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), TMPDIR: temporary, TEMP: temporary, TMP: temporary };
}

// They would lift the bounds.
function withoutNodeOptions(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'NODE_OPTIONS'));
}

function resultOf(
  outcome: ProcessOutcome,
  word: ChildWord | undefined,
  { limits, durationMs }: { readonly limits: RunLimits; readonly durationMs: number },
): RunResult {
  const { ended, code, log } = outcome;
  const fail = (reason: string): never => {
    throw new RunError(reason, log);
  };
  if (ended === 'timeout') fail(`It ran longer than its ${limits.timeoutMs} ms and was killed`);
  if (ended !== 'exit') fail(outcomeText('The program', outcome));
  if (word?.faultline === 'failed') fail(word.error);
  if (word?.faultline === 'done') return { output: word.output ?? null, logs: log, durationMs };
  if (isOutOfMemory(outcome)) fail(`It needed more than its ${limits.memoryMb} MiB of memory`);
  if (code !== 0) fail(outcomeText('The program', outcome));
  if (word?.faultline === 'called') fail(NO_RESULT);
  return { output: null, logs: log, durationMs };
}

const NO_RESULT =
  'Its function gave no result: its process ended with code 0 before it had returned';
const KEPT_VARIABLES = ['PATH', 'HOME', 'LANG', 'TZ', 'SystemRoot', 'PATHEXT'] as const;
