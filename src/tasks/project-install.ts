import { FaultlineError } from '../base/errors.js';
import type { Timers } from '../platform/platform.js';
import { type ProcessOutcome, runProcess } from './runner-process.js';
import { outcomeText } from './runner-outcome.js';

export interface InstallOptions {
  readonly timers: Timers;
  /** Lets packages run their own scripts while they are installed; false by default. */
  readonly allowInstallScripts?: boolean;
  /** Milliseconds after which an installation has failed; five minutes by default. */
  readonly installTimeoutMs?: number;
  /** Ends an installation that is under way. */
  readonly signal?: AbortSignal;
}

/** What a project depends on could not be installed; `log` is the end of what npm said. */
export class InstallError extends FaultlineError {
  static readonly code = 'ERR_PROJECT_INSTALL';
  override readonly name = 'InstallError';
  readonly code = InstallError.code;

  constructor(
    readonly reason: string,
    readonly log: string,
  ) {
    super(`Dependencies were not installed: ${reason}${log === '' ? '' : `\n${log}`}`);
  }
}

/**
 * Installs in `folder` exactly what its lock file says, with `npm ci`; without a lock file what its
 * package.json asks for, with `npm install`. The scripts of packages do not run unless the operator
 * of this worker allows them. Rejects with {@link InstallError}.
 */
export async function installDependencies(
  folder: string,
  hasLock: boolean,
  options: InstallOptions,
): Promise<void> {
  const { timers, signal, allowInstallScripts = false } = options;
  const { installTimeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const command = hasLock ? ['ci'] : ['install', '--no-package-lock'];
  const scripts = allowInstallScripts ? [] : ['--ignore-scripts'];
  const outcome = await runProcess(NPM, [...command, ...scripts, '--no-audit', '--no-fund'], {
    timers,
    cwd: folder,
    env: installEnv(),
    timeoutMs: installTimeoutMs,
    logBytesMax: LOG_BYTES_MAX,
    isShell: process.platform === 'win32',
    ...(signal === undefined ? {} : { signal }),
  });
  if (!isDone(outcome)) {
    throw new InstallError(outcomeText(`npm ${command[0]}`, outcome), outcome.log);
  }
}

// npm needs its own settings: registries, proxies, the cache. A token of ours is no setting.
function installEnv(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => {
    return !/^(?:FAULTLINE_|NODE_OPTIONS$|NODE_ENV$)/.test(name);
  });
  return Object.fromEntries(entries);
}

function isDone({ ended, code }: ProcessOutcome): boolean {
  return ended === 'exit' && code === 0;
}

const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const DEFAULT_TIMEOUT_MS = 300_000;
const LOG_BYTES_MAX = 16 * 1024;
