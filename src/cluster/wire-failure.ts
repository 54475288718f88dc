import type { ErrorClass } from '../base/errors.js';
import { InvalidNodeIdError } from '../base/node-id.js';
import { InvalidBehaviorError, InvalidReturnError } from '../otp/behavior.js';
import { CallCycleError } from '../otp/call.js';
import { InitializationError } from '../otp/gen-server.js';
import { InvalidOptionError } from '../otp/option.js';
import { AlreadyRegisteredError, NotRegisteredError } from '../otp/registry.js';
import { BadCombinationError, InvalidChildSpecError } from '../otp/child-spec.js';
import {
  ChildNotFoundError,
  ChildStartError,
  ChildStateError,
  DuplicateChildError,
  InvalidSimpleOneForOneConfigError,
  MaxRestartsExceededError,
  MissingChildTemplateError,
} from '../otp/supervisor/supervisor-error.js';
import { ListenError } from '../platform/transport.js';
import {
  CallTimeoutError,
  LinkFullError,
  MailboxFullError,
  NodeNotReachableError,
  ServerNotRunningError,
} from '../runtime/call-error.js';
import { LeaseLostError } from '../runtime/gate.js';
import {
  NoConnectionError,
  ProcessEndedError,
  ProcessKilledError,
} from '../runtime/exit-reason.js';
import { BehaviorNotFoundError } from './behavior-registry.js';
import { ClusterNotStartedError, InvalidClusterConfigError } from './cluster-config.js';
import { MessageSerializationError } from './codec-error.js';
import { FrameError } from './frame-error.js';
import { GlobalNameConflictError, GlobalNameNotFoundError } from './global-registry.js';
import {
  RemoteLinkTimeoutError,
  RemoteMonitorTimeoutError,
  RemoteCallTimeoutError,
  RemoteServerNotRunningError,
  RemoteSpawnInitError,
  RemoteSpawnRegistrationError,
  RemoteSpawnTimeoutError,
} from './remote-error.js';
import { StaleFenceError } from './spawn-gate.js';

/** The typed errors of this floor and those below, which cross as instances of their class. */
export const WIRE_ERRORS: readonly ErrorClass[] = [
  AlreadyRegisteredError,
  BadCombinationError,
  BehaviorNotFoundError,
  CallCycleError,
  CallTimeoutError,
  ChildNotFoundError,
  ChildStartError,
  ChildStateError,
  ClusterNotStartedError,
  DuplicateChildError,
  FrameError,
  GlobalNameConflictError,
  GlobalNameNotFoundError,
  InitializationError,
  InvalidBehaviorError,
  InvalidChildSpecError,
  InvalidClusterConfigError,
  InvalidNodeIdError,
  InvalidOptionError,
  InvalidReturnError,
  InvalidSimpleOneForOneConfigError,
  LeaseLostError,
  LinkFullError,
  ListenError,
  MailboxFullError,
  MaxRestartsExceededError,
  MessageSerializationError,
  MissingChildTemplateError,
  NoConnectionError,
  NodeNotReachableError,
  NotRegisteredError,
  ProcessEndedError,
  ProcessKilledError,
  RemoteCallTimeoutError,
  RemoteLinkTimeoutError,
  RemoteMonitorTimeoutError,
  RemoteServerNotRunningError,
  RemoteSpawnInitError,
  RemoteSpawnRegistrationError,
  RemoteSpawnTimeoutError,
  ServerNotRunningError,
  StaleFenceError,
];
