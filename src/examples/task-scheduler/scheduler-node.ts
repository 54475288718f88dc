import {
  BehaviorRegistry,
  Cluster,
  GenServer,
  GlobalRegistry,
  Supervisor,
  type SupervisorRef,
} from '../../index.js';
import { joinCluster, tellOfLoss } from '../cluster-member.js';
import type { Terminal } from '../terminal.js';
import { repeatedly, wallMs } from '../world.js';
import {
  type Demonstration,
  schedule,
  schedulerCommands,
  schedulerStats,
  statsLines,
} from './scheduler-commands.js';
import { EXECUTOR, SCHEDULER } from './scheduler-message.js';
import { scheduler } from './scheduler.js';
import { executor } from './executor.js';
import { TaskStore } from './task-store.js';

export interface SchedulerNodeOptions {
  readonly port: number;
  readonly seeds: readonly string[];
  /** The folder in which the tasks are kept. */
  readonly folder: string;
}

/** The scheduler's node, from its start to its end. */
export async function runSchedulerNode(
  { port, seeds, folder }: SchedulerNodeOptions,
  terminal: Terminal,
): Promise<void> {
  const tell = (line: string): void => terminal.show(`[Scheduler] ${line}`);
  // Should it host one: supervisors of executors may choose any node that can.
  BehaviorRegistry.register(
    EXECUTOR,
    executor(() => undefined),
  );
  const store = new TaskStore(folder);
  await joinCluster({ nodeName: 'scheduler', port, seeds }, terminal.show);
  terminal.show(`Scheduler node started: ${Cluster.getLocalNodeId()}`);
  const means = `the tasks of this one wait in ${folder} until it is started without the other`;
  tellOfLoss({ name: SCHEDULER, means }, terminal.show);
  const supervisor = await superviseScheduler(store, tell);
  terminal.show('Task Scheduler registered globally', `Tasks are kept in ${folder}`);
  const demonstration: Demonstration = { isOn: true };
  const stops = [
    repeatedly(TEST_TASK_MS, () => {
      if (demonstration.isOn) void scheduleTestTask(tell);
    }),
    repeatedly(STATS_MS, () => {
      if (demonstration.isOn) void showStats(terminal);
    }),
  ];
  const commands = schedulerCommands(demonstration);
  await terminal.converse({ name: 'scheduler', commands, endOfInput: 'stay' });
  terminal.show('\nShutting down scheduler...');
  for (const stop of stops) stop();
  await Supervisor.stop(supervisor);
  await store.close();
  await Cluster.stop();
}

/** Starts the scheduler, and starts it again, under its name, whenever it crashes. */
function superviseScheduler(
  store: TaskStore,
  tell: (line: string) => void,
): Promise<SupervisorRef> {
  const start = async () => {
    const ref = await GenServer.start(scheduler({ store, tell }));
    await GlobalRegistry.register(SCHEDULER, ref);
    return ref;
  };
  return Supervisor.start({ children: [{ id: SCHEDULER, start, restart: 'permanent' }] });
}

async function scheduleTestTask(tell: (line: string) => void): Promise<void> {
  const task = { name: `test-task-${wallMs()}`, payload: { data: wallMs() % 1000 } };
  try {
    tell(`Scheduled: ${await schedule([task])}`);
  } catch (error) {
    tell(`No test task was scheduled: ${(error as Error).message}`);
  }
}

async function showStats(terminal: Terminal): Promise<void> {
  try {
    terminal.show(...statsLines(await schedulerStats()));
  } catch (error) {
    terminal.show(`[Scheduler] No statistics: ${(error as Error).message}`);
  }
}

const TEST_TASK_MS = 3000;
const STATS_MS = 10_000;
