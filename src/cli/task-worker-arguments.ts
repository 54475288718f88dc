import { flagGroupsText } from './flag-help.js';
import { type Given, lastOf, present, readFlags, readTimeMs, readWhole } from './flag-reading.js';
import { NodeUsageError } from './node-usage-error.js';
import type { TaskCommandLine } from './task-command.js';
import type { TokenFlags } from './task-token.js';
import {
  TASK_WORKER_FLAG_GROUPS,
  TASK_WORKER_FLAGS,
  type TaskWorkerFlagName,
} from './task-worker-flags.js';

/** What a worker was asked to be. Files are named and not read yet. */
export interface TaskWorkerFlags extends TokenFlags {
  readonly master?: string;
  readonly serviceType?: string;
  readonly module?: string;
  readonly types: readonly string[];
  readonly concurrency?: number;
  readonly name?: string;
  readonly timeoutMs?: number;
  readonly memoryMb?: number;
  readonly work?: string;
  readonly allowCodeExecution: boolean;
  readonly allowInstallScripts: boolean;
  readonly drainMs?: number;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Reads the command line; throws {@link NodeUsageError}. */
export function parseTaskWorkerArguments(
  args: readonly string[],
): TaskCommandLine<TaskWorkerFlags> {
  const given = readFlags(args, TASK_WORKER_FLAGS);
  if (given.has('help')) return { kind: 'help' };
  if (given.has('version')) return { kind: 'version' };
  const flags = present<TaskWorkerFlags>({
    master: readMaster(given),
    serviceType: lastOf(given, 'service-type'),
    module: lastOf(given, 'module'),
    types: readTypes(given),
    concurrency: readWhole(given, 'concurrency', { min: 1, max: 10_000 }),
    name: lastOf(given, 'name'),
    timeoutMs: readTimeMs(given, 'timeout', { minMs: 1, maxMs: 86_400_000 }),
    memoryMb: readWhole(given, 'memory', { min: 16, max: 1_000_000 }),
    work: lastOf(given, 'work'),
    allowCodeExecution: given.has('allow-code-execution'),
    allowInstallScripts: given.has('allow-install-scripts'),
    drainMs: readTimeMs(given, 'drain', { minMs: 0, maxMs: 86_400_000 }),
    token: lastOf(given, 'token'),
    tokenFile: lastOf(given, 'token-file'),
    json: given.has('json'),
    quiet: given.has('quiet'),
  });
  if (flags.token !== undefined && flags.tokenFile !== undefined) {
    throw new NodeUsageError('--token goes without --token-file: there is one token');
  }
  return { kind: 'run', flags };
}

/** The text of `task-worker --help`; `command` is how the user calls it. */
export function taskWorkerHelpText(command: string): string {
  const groups = flagGroupsText(TASK_WORKER_FLAGS, TASK_WORKER_FLAG_GROUPS);
  return `${INTRODUCTION(command)}\n\n${groups}\n\n${ENDS}\n`;
}

function readMaster(given: Given<TaskWorkerFlagName>): string | undefined {
  const text = lastOf(given, 'master');
  if (text === undefined) return undefined;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw NodeUsageError.of('master', 'a URL such as http://127.0.0.1:4000', text);
}

function readTypes(given: Given<TaskWorkerFlagName>): readonly string[] {
  const text = lastOf(given, 'types');
  if (text === undefined) return ['*'];
  const types = text.split(',').map((type) => type.trim());
  if (!types.includes('')) return types;
  throw NodeUsageError.of('types', 'task types with commas between them, such as build,test', text);
}

const INTRODUCTION = (command: string): string => `\
Usage: ${command} [flags]

Takes tasks of a coordinator and does them until it is told to end:

  ${command} --master http://127.0.0.1:4000 --module ./work.ts --types build,test \\
    --concurrency 4`;
const ENDS = `\
SIGTERM and Ctrl-C make it stop: it takes no more tasks and finishes those that it has. What takes
longer than --drain goes to another worker. A second one ends it at once.

--module runs in the thread of the worker. While it computes without a pause, the worker reads no
signals and renews no lease: one that is held up for longer than --timeout is killed, and its tasks
go to other workers. What may block belongs in a thread, or in a project that is shipped.

Exit codes: 0 it stopped, 1 it could not start or go on, 2 usage, 130 and 143 ended by a second
signal, 137 held up for longer than --timeout.`;
