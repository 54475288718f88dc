import { deferred } from '../base/deferred.js';
import { createNodePlatform } from '../platform/node-platform.js';
import type { Platform, Timer } from '../platform/platform.js';
import {
  CoordinatorTaskDistributor,
  type CoordinatorTaskDistributorOptions,
  type TaskMetrics,
} from '../tasks.js';
import type { CommandProcess } from './command-process.js';
import {
  type CoordinatorFlags,
  coordinatorHelpText,
  parseCoordinatorArguments,
} from './coordinator-arguments.js';
import { projectsWarning } from './projects-folder.js';
import { startAdvice } from './start-advice.js';
import { obey } from './task-command.js';
import { TaskJournal } from './task-journal.js';
import { tokenOf } from './task-token.js';

/** Runs a coordinator until it has stopped, and gives the exit code. Never rejects. */
export function coordinatorCommand(
  args: readonly string[],
  surroundings: CommandProcess,
): Promise<number> {
  const command = {
    name: 'coordinator',
    parse: parseCoordinatorArguments,
    help: coordinatorHelpText,
    run: runCoordinator,
  };
  return obey(command, args, surroundings);
}

async function runCoordinator(flags: CoordinatorFlags, process: CommandProcess): Promise<number> {
  const platform = createNodePlatform();
  const { clock } = platform;
  const wallMs = (): number => clock.wallMs();
  const journal = new TaskJournal({ ...process, ...flags, name: 'coordinator', wallMs });
  const end = deferred<string>();
  process.onEnd((because) => end.resolve(because), clock);
  try {
    checkProjects(flags, journal);
    const coordinator = new CoordinatorTaskDistributor(optionsOf(flags, process, journal));
    await coordinator.start();
    tellReady(journal, coordinator, flags);
    const watch = watchProgress(coordinator, journal, platform);
    const because = await end.promise;
    watch.cancel();
    journal.tell({ event: 'draining', because }, `stopping: ${because}`);
    await coordinator.stop();
    journal.tell({ event: 'stopped' }, 'stopped');
    return 0;
  } catch (error) {
    const { message, code } = startAdvice(error);
    journal.failed(message, code);
    return 1;
  } finally {
    journal.end();
  }
}

function optionsOf(
  flags: CoordinatorFlags,
  { env }: CommandProcess,
  { logger }: TaskJournal,
): CoordinatorTaskDistributorOptions {
  const { port, httpPort, host, store, memory, projects, serviceType, bonjour } = flags;
  const { leaseMs, retriesMax, pendingMax } = flags;
  const token = tokenOf(flags, env);
  return {
    logger,
    enableBonjour: bonjour,
    ...(memory ? { store: 'memory' } : store === undefined ? {} : { store: { path: store } }),
    ...(port === undefined ? {} : { port }),
    ...(httpPort === undefined ? {} : { httpPort }),
    ...(host === undefined ? {} : { host }),
    ...(projects === undefined ? {} : { taskFolderPath: projects }),
    ...(serviceType === undefined ? {} : { serviceType }),
    ...(leaseMs === undefined ? {} : { leaseMs }),
    ...(retriesMax === undefined ? {} : { retriesMax }),
    ...(pendingMax === undefined ? {} : { pendingMax }),
    ...(token === undefined ? {} : { token }),
  };
}

function checkProjects({ projects }: CoordinatorFlags, { logger }: TaskJournal): void {
  const warning = projects === undefined ? undefined : projectsWarning(projects);
  if (warning !== undefined) logger.warn(warning);
}

function tellReady(
  journal: TaskJournal,
  { port, httpPort }: CoordinatorTaskDistributor,
  { host = '127.0.0.1' }: CoordinatorFlags,
): void {
  const page = `http://${host.includes(':') ? `[${host}]` : host}:${httpPort}/`;
  journal.tell(
    { event: 'ready', port, httpPort, page, pid: process.pid },
    `ready: workers connect to port ${port}, the page is at ${page}`,
  );
}

/** Tells once a second how things are, when that has changed. */
function watchProgress(
  { desk }: CoordinatorTaskDistributor,
  journal: TaskJournal,
  { timers }: Pick<Platform, 'timers'>,
): Pick<Timer, 'cancel'> {
  let before = desk.metrics();
  let told = '';
  let timer: Timer;
  const look = (): void => {
    const metrics = desk.metrics();
    const fields = progressOf(metrics, before);
    before = metrics;
    const text = JSON.stringify(fields);
    if (text !== told) journal.progress({ event: 'progress', ...fields }, sentenceOf(fields));
    told = text;
    timer = timers.after(PROGRESS_MS, look);
  };
  timer = timers.after(0, look);
  return { cancel: () => timer.cancel() };
}

interface Progress {
  readonly waiting: number;
  readonly running: number;
  readonly completed: number;
  readonly givenUp: number;
  readonly workers: number;
  readonly perSecond: number;
}

function progressOf(metrics: TaskMetrics, before: TaskMetrics): Progress {
  const { counts } = metrics;
  const seconds = Math.max(1, metrics.uptimeMs - before.uptimeMs) / 1000;
  return {
    waiting: counts.pending + counts.failed,
    running: counts.assigned + counts.installing + counts.installed + counts.running,
    completed: counts.completed,
    givenUp: counts.deadLetter,
    workers: metrics.workersConnected,
    perSecond: Math.round((metrics.completed - before.completed) / seconds),
  };
}

function sentenceOf({
  waiting,
  running,
  completed,
  givenUp,
  workers,
  perSecond,
}: Progress): string {
  const parts = [
    `${waiting} waiting`,
    `${running} at ${workers} workers`,
    `${completed} completed`,
    `${givenUp} given up`,
    `${perSecond}/s`,
  ];
  return parts.join(', ');
}

const PROGRESS_MS = 1000;
