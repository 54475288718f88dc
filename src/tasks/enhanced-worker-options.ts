import type { Logger } from 'winston';
import {
  checkArray,
  checkCount,
  checkDelayMs,
  checkFunction,
  checkName,
  InvalidOptionError,
} from '../otp/option.js';
import type { BonjourPlace } from '../cluster/discovery-responder.js';
import { checkMasterUrl } from './master-url.js';
import type { RunLimits } from './runner.js';
import type { Task } from './task.js';

/** How a worker is started. All of it is checked before anything starts. */
export interface EnhancedWorkerClientOptions<T extends object = Task, R = unknown> {
  /** Which tasks it takes; `'*'` for all. */
  readonly taskTypes: readonly string[];
  /** Such as `http://127.0.0.1:4000`; without it the coordinator is found by Bonjour. */
  readonly masterUrl?: string;
  /** `eventbus` by default. */
  readonly serviceType?: string;
  /** How long to look for a coordinator; 10,000 by default. */
  readonly discoveryTimeoutMs?: number;
  /** Where multicast DNS is spoken; all interfaces by default. */
  readonly bonjour?: BonjourPlace;
  /** Without it, standard error and `worker.log`. */
  readonly logger?: Logger;
  /** Where shipped projects are kept; `faultline-work` by default. Made for the first one. */
  readonly workingDirectory?: string;
  /** The coordinator's token: needed unless it listens on loopback. */
  readonly token?: string;
  /** How many tasks it has at a time; 1 by default. */
  readonly concurrency?: number;
  /**
   * Does the tasks in this process, instead of running the code that is shipped with them. The
   * signal is aborted when the task is another worker's, cancelled, or given up by `stop`.
   */
  readonly execute?: (task: T & Task, context: TaskContext) => R | Promise<R>;
  /** Lets a coordinator on another machine have its code run here; needs a token too. */
  readonly allowCodeExecution?: boolean;
  /** Lets packages of shipped projects run scripts while they are installed; false by default. */
  readonly allowInstallScripts?: boolean;
  /** Milliseconds for `npm ci`; five minutes by default. */
  readonly installTimeoutMs?: number;
  /**
   * Bounds of each execution of shipped code: `timeoutMs` 600,000 (a task may ask for less),
   * `memoryMb` 512, `logBytesMax` 64 KiB, `resultBytesMax` 1 MiB.
   */
  readonly limits?: Partial<RunLimits>;
  /** The same over restarts if it is to be known again; drawn when it is missing. */
  readonly workerId?: string;
  /** How long running tasks may take when it stops; 30,000 by default. */
  readonly drainMs?: number;
  /**
   * Whether SIGTERM stops it as `stop()` does, and then ends the process, unless something else
   * listens to it as well; a second one waits for nothing. True by default.
   */
  readonly stopOnSigterm?: boolean;
  /** Told of each try as it begins and as it ends. */
  readonly onProgress?: (progress: WorkerProgress) => void;
}

/** What `execute` is told besides the task: which try this is, and when to stop. */
export interface TaskContext {
  readonly attempt: number;
  readonly signal: AbortSignal;
}

/** What became of a try at this worker. */
export interface WorkerProgress {
  readonly kind: 'started' | 'completed' | 'failed' | 'refused' | 'given up';
  readonly taskId: string;
  readonly attempt: number;
  readonly error?: string;
}

export type WorkerSettings<T extends object, R> = EnhancedWorkerClientOptions<T, R> &
  Required<
    Pick<
      EnhancedWorkerClientOptions<T, R>,
      'workingDirectory' | 'concurrency' | 'drainMs' | 'stopOnSigterm' | 'allowCodeExecution'
    >
  > & { readonly limits: RunLimits };

/** The options with their defaults. Throws InvalidOptionError. */
export function workerSettings<T extends object, R>(
  options: EnhancedWorkerClientOptions<T, R>,
): WorkerSettings<T, R> {
  const { taskTypes, concurrency = 1, drainMs = 30_000, limits = {} } = options;
  const { workingDirectory = 'faultline-work' } = options;
  checkArray('taskTypes', taskTypes);
  if (taskTypes.length === 0) {
    throw new InvalidOptionError('taskTypes', 'an array with at least one type', taskTypes);
  }
  for (const type of taskTypes) checkName('a task type', type);
  checkMasterUrl(options.masterUrl);
  if (options.execute !== undefined) checkFunction('execute', options.execute);
  if (options.onProgress !== undefined) checkFunction('onProgress', options.onProgress);
  if (options.token !== undefined) checkName('token', options.token);
  return {
    ...options,
    concurrency: checkCount('concurrency', concurrency, 1),
    drainMs: checkDelayMs('drainMs', drainMs),
    workingDirectory: checkName('workingDirectory', workingDirectory),
    stopOnSigterm: options.stopOnSigterm ?? true,
    allowCodeExecution: options.allowCodeExecution ?? false,
    limits: {
      timeoutMs: checkDelayMs('limits.timeoutMs', limits.timeoutMs ?? 600_000),
      memoryMb: checkCount('limits.memoryMb', limits.memoryMb ?? 512, 16),
      logBytesMax: checkCount('limits.logBytesMax', limits.logBytesMax ?? 2 ** 16, 0),
      resultBytesMax: checkCount('limits.resultBytesMax', limits.resultBytesMax ?? 2 ** 20, 1),
    },
  };
}
