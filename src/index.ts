/**
 * The front door: processes, supervision and distribution.
 *
 * @module faultline
 */
export { FaultlineError } from './base/errors.js';
export { InvalidNodeIdError, NodeId, type NodeIdParts } from './base/node-id.js';
export { GenServer } from './cluster/gen-server.js';
export { Offload, createOffload } from './offload/offload.js';
export {
  OffloadAbortedError,
  OffloadModuleError,
  OffloadQueueFullError,
  OffloadTaskError,
  OffloadTimeoutError,
} from './offload/offload-error.js';
export type { OffloadOptions, OffloadPool, OffloadRunOptions } from './offload/offload-pool.js';
export type { Log, LogFields } from './platform/platform.js';
export {
  type CallResult,
  type DownInfo,
  type ExitInfo,
  type GenServerBehavior,
  type GenServerRef,
  type Info,
  type NameLostInfo,
  InvalidBehaviorError,
  InvalidReturnError,
  type NoReply,
  ReplyError,
} from './otp/behavior.js';
export { CallCycleError, type CallOptions } from './otp/call.js';
export type {
  ChildRef,
  ChildSpec,
  ChildTemplate,
  RestartBackoffOptions,
  RestartIntensity,
  StartFunction,
  SupervisorRef,
  SupervisorStrategy,
} from './otp/child-spec.js';
export { BadCombinationError, InvalidChildSpecError } from './otp/child-spec.js';
export type { Context } from './otp/context.js';
export { ProcessTree, Registry } from './otp/facades.js';
export type { From } from './otp/from.js';
export { InitializationError, type StartOptions } from './otp/gen-server.js';
export type {
  DispatchFunction,
  KeyedRegistry,
  KeyedRegistryOptions,
  RegistryEntry,
} from './otp/keyed-registry.js';
export type { LifecycleEvent, LifecycleHandler } from './otp/lifecycle.js';
export type { LinkRef } from './otp/link.js';
export type { DemonitorOptions, MonitorRef } from './otp/monitor.js';
export { InvalidOptionError } from './otp/option.js';
export { AlreadyRegisteredError, NotRegisteredError } from './otp/registry.js';
export type { ProcessKind, ProcessSnapshot } from './otp/process-tree.js';
export type { CallFunction, ReplyOf, Request } from './otp/request.js';
export type { TimerRef } from './otp/send-after.js';
export type { ChildStatus } from './otp/supervision/child.js';
export type { AutoShutdown, RestartType, Shutdown } from './otp/supervision/child-policy.js';
export {
  ChildNotFoundError,
  ChildStartError,
  ChildStateError,
  DuplicateChildError,
  InvalidSimpleOneForOneConfigError,
  MaxRestartsExceededError,
  MissingChildTemplateError,
} from './otp/supervisor/supervisor-error.js';
export type {
  SupervisorEndReason,
  SupervisorEvent,
  SupervisorEventHandler,
} from './otp/supervisor/supervisor-event.js';
export { type ChildInfo, Supervisor, type SupervisorOptions } from './otp/supervisor/supervisor.js';
export {
  CallTimeoutError,
  LinkFullError,
  MailboxFullError,
  NodeNotReachableError,
  ServerNotRunningError,
} from './runtime/call-error.js';
export { LeaseLostError } from './runtime/gate.js';
export type {
  CallEndMessage,
  CallMessage,
  CallOutcome,
  CallStartMessage,
  ProcessExitMessage,
  ProcessStartMessage,
  RestartMessage,
} from './runtime/diagnostics.js';
export {
  type ExitReason,
  NoConnectionError,
  type ProcessDownReason,
  ProcessEndedError,
  ProcessKilledError,
  type TerminateReason,
} from './runtime/exit-reason.js';
export type { MailboxBound } from './runtime/mailbox.js';
export type { ProcessStatus } from './runtime/process.js';
export * from './distribution.js';
