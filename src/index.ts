// The front door: processes, supervision and distribution.
export { FaultlineError } from './base/errors.js';
export { InvalidNodeIdError, NodeId, type NodeIdParts } from './base/node-id.js';
export type { Log, LogFields } from './platform/platform.js';
export type {
  CallResult,
  DownInfo,
  ExitInfo,
  GenServerBehavior,
  GenServerRef,
  Info,
} from './otp/behavior.js';
export { InvalidBehaviorError, InvalidReturnError, ReplyError } from './otp/behavior.js';
export { CallCycleError, type CallOptions } from './otp/call.js';
export type {
  ChildRef,
  ChildSpec,
  ChildTemplate,
  RestartIntensity,
  SupervisorRef,
  SupervisorStrategy,
} from './otp/child-spec.js';
export { InvalidChildSpecError } from './otp/child-spec.js';
export type { Context } from './otp/context.js';
export { GenServer, Registry } from './otp/facades.js';
export { InitializationError, type StartOptions } from './otp/gen-server.js';
export type { LifecycleEvent, LifecycleHandler } from './otp/lifecycle.js';
export type { MonitorRef } from './otp/monitor.js';
export { InvalidOptionError } from './otp/option.js';
export { AlreadyRegisteredError, NotRegisteredError } from './otp/registry.js';
export type { TimerRef } from './otp/send-after.js';
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
export type { SupervisorEvent, SupervisorEventHandler } from './otp/supervisor/supervisor-event.js';
export { type ChildInfo, Supervisor, type SupervisorOptions } from './otp/supervisor/supervisor.js';
export {
  CallTimeoutError,
  MailboxFullError,
  NodeNotReachableError,
  ServerNotRunningError,
} from './runtime/call-error.js';
export {
  type ExitReason,
  NoConnectionError,
  type ProcessDownReason,
  ProcessKilledError,
  type TerminateReason,
} from './runtime/exit-reason.js';
export type { MailboxBound } from './runtime/mailbox.js';
export * from './distribution.js';
