import { COORDINATOR_FLAG_GROUPS, COORDINATOR_FLAGS } from './coordinator-flags.js';
import { flagGroupsText } from './flag-help.js';
import { lastOf, present, readFlags, readPort, readTimeMs, readWhole } from './flag-reading.js';
import { NodeUsageError } from './node-usage-error.js';
import type { TaskCommandLine } from './task-command.js';
import type { TokenFlags } from './task-token.js';

/** What a coordinator was asked to be. Files are named and not read yet. */
export interface CoordinatorFlags extends TokenFlags {
  readonly port?: number;
  readonly httpPort?: number;
  readonly host?: string;
  readonly store?: string;
  readonly memory: boolean;
  readonly projects?: string;
  readonly serviceType?: string;
  readonly bonjour: boolean;
  readonly leaseMs?: number;
  readonly retriesMax?: number;
  readonly pendingMax?: number;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Reads the command line; throws {@link NodeUsageError}. */
export function parseCoordinatorArguments(
  args: readonly string[],
): TaskCommandLine<CoordinatorFlags> {
  const given = readFlags(args, COORDINATOR_FLAGS);
  if (given.has('help')) return { kind: 'help' };
  if (given.has('version')) return { kind: 'version' };
  const flags = present<CoordinatorFlags>({
    port: readPort(given, 'port'),
    httpPort: readPort(given, 'http-port'),
    host: lastOf(given, 'host'),
    store: lastOf(given, 'store'),
    memory: given.has('memory'),
    projects: lastOf(given, 'projects'),
    serviceType: lastOf(given, 'service-type'),
    bonjour: !given.has('no-bonjour'),
    leaseMs: readTimeMs(given, 'lease', { minMs: 100, maxMs: 3_600_000 }),
    retriesMax: readWhole(given, 'retries', { min: 0, max: 1000 }),
    pendingMax: readWhole(given, 'pending-max', { min: 1, max: 10_000_000 }),
    token: lastOf(given, 'token'),
    tokenFile: lastOf(given, 'token-file'),
    json: given.has('json'),
    quiet: given.has('quiet'),
  });
  if (flags.memory && flags.store !== undefined) {
    throw new NodeUsageError('--memory goes without --store: tasks are kept in one place');
  }
  if (flags.token !== undefined && flags.tokenFile !== undefined) {
    throw new NodeUsageError('--token goes without --token-file: there is one token');
  }
  const { port = 4000, httpPort = 5000 } = flags;
  if (port === httpPort && port !== 0) {
    throw new NodeUsageError(`--port and --http-port are both ${port}: each needs its own`);
  }
  return { kind: 'run', flags };
}

/** The text of `coordinator --help`; `command` is how the user calls it. */
export function coordinatorHelpText(command: string): string {
  const groups = flagGroupsText(COORDINATOR_FLAGS, COORDINATOR_FLAG_GROUPS);
  return `${INTRODUCTION(command)}\n\n${groups}\n\n${ENDS}\n`;
}

const INTRODUCTION = (command: string): string => `\
Usage: ${command} [flags]

Hands tasks to workers until it is told to end, and keeps what becomes of them:

  ${command} --port 4000 --http-port 5000 --store ./tasks

Tasks are added with POST /addTask and /addTasks; the page at / shows them.`;
const ENDS = `\
SIGTERM and Ctrl-C make it stop: every task is stored, workers go on with what they have and come
back when it is started again. A second one ends it at once, and loses nothing that was stored.

Exit codes: 0 it stopped, 1 it could not start, 2 usage, 130 and 143 ended by a second signal.`;
