/**
 * The tasks' door: coordinators that hand tasks out, and workers that do them.
 *
 * @module faultline/tasks
 */
export type { BonjourPlace } from './cluster/discovery-responder.js';
export { NoCoordinatorError } from './tasks/discovery.js';
export type {
  EnhancedWorkerClientOptions,
  TaskContext,
  WorkerProgress,
} from './tasks/enhanced-worker-options.js';
export { CodeExecutionRefusedError } from './tasks/enhanced-worker-trust.js';
export { EnhancedWorkerClient } from './tasks/enhanced-worker.js';
export type { RunLimits, RunResult } from './tasks/runner.js';
export { LEDGER_DEFAULTS, type LedgerLimits, type LedgerOptions } from './tasks/ledger-options.js';
export type { TaskSource } from './tasks/replenishing.js';
export {
  CoordinatorTaskDistributor,
  type CoordinatorTaskDistributorOptions,
  type TaskFailure,
  type TaskResult,
} from './tasks/socket-coordinator.js';
export type { CoordinatorOptions, StoreOption } from './tasks/socket-options.js';
export { WorkerRefusedError, WorkerReplacedError } from './tasks/worker-error.js';
export type {
  CancelOutcome,
  TaskChange,
  TaskDesk,
  TaskDetail,
  TaskMetrics,
  TaskOrder,
  TaskPage,
  TaskQuery,
  TaskStep,
  TaskView,
  WorkerView,
} from './tasks/task-desk.js';
export {
  CoordinatorClosedError,
  InvalidTaskError,
  QueueFullError,
  StoreInUseError,
  StoreLayoutError,
  StoreOpenError,
  StoreWriteError,
  TaskExistsError,
  TokenRequiredError,
} from './tasks/task-error.js';
export type {
  NewTask,
  ProjectTask,
  Task,
  TaskSettings,
  TaskState,
  TypedTask,
} from './tasks/task.js';
export {
  type BatchFailure,
  TaskDistributor,
  type TaskDistributorOptions,
} from './tasks/socket-distributor.js';
export { WorkerClient, type WorkerClientOptions } from './tasks/socket-worker-client.js';
