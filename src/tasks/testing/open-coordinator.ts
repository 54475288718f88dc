import {
  CoordinatorTaskDistributor,
  type CoordinatorTaskDistributorOptions,
} from '../socket-coordinator.js';
import { type ContractWorker, contractWorker } from './contract-worker.js';
import { quietLogger } from './quiet-logger.js';

/** What a test has to close in the end. */
export type Opened = { close(): unknown }[];

/** A coordinator that keeps its tasks in memory, and what it told. */
export interface OpenCoordinator {
  readonly coordinator: CoordinatorTaskDistributor;
  readonly results: string[];
  readonly failures: string[];
  readonly lines: readonly string[];
}

export async function openCoordinator(
  opened: Opened,
  options: CoordinatorTaskDistributorOptions = {},
): Promise<OpenCoordinator> {
  const { logger, lines } = quietLogger();
  const results: string[] = [];
  const failures: string[] = [];
  const coordinator = new CoordinatorTaskDistributor({
    port: 0,
    httpPort: false,
    enableBonjour: false,
    store: 'memory',
    logger,
    onResult: (told) =>
      results.push(...told.map(({ taskId, result }) => `${taskId}: ${String(result)}`)),
    onFailure: ({ task, error }) => failures.push(`${task.taskId}: ${error}`),
    ...options,
  });
  await coordinator.start();
  opened.push({ close: () => coordinator.stop() });
  return { coordinator, results, failures, lines };
}

/** A worker of the bare contract at it, for tasks of type `build`. */
export async function openWorker(
  opened: Opened,
  { coordinator: { port = 0 } }: OpenCoordinator,
  auth: Readonly<Record<string, unknown>> = {},
): Promise<ContractWorker> {
  const made = await contractWorker(port, auth);
  opened.push(made);
  made.send('registerCapabilities', { taskTypes: ['build'] });
  return made;
}
