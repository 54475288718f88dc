import { FaultlineError } from '../base/errors.js';
import type { NodeId } from '../base/node-id.js';

/** No reply from another node in time. The server may still have done, or yet do, its part. */
export class RemoteCallTimeoutError extends FaultlineError {
  static readonly code = 'ERR_REMOTE_CALL_TIMEOUT';
  override readonly name = 'RemoteCallTimeoutError';
  readonly code = RemoteCallTimeoutError.code;

  constructor(
    readonly serverId: string,
    readonly nodeId: NodeId,
    readonly timeoutMs: number,
    options?: ErrorOptions,
  ) {
    super(
      `No reply from ${serverId} on ${nodeId} within ${timeoutMs} ms; ` +
        'raise { timeout } or check that it is not blocked',
      options,
    );
  }
}

/** The other node is there, and runs no such process, or it ended before it answered. */
export class RemoteServerNotRunningError extends FaultlineError {
  static readonly code = 'ERR_REMOTE_SERVER_NOT_RUNNING';
  override readonly name = 'RemoteServerNotRunningError';
  readonly code = RemoteServerNotRunningError.code;

  constructor(
    readonly serverId: string,
    readonly nodeId: NodeId,
    options?: ErrorOptions,
  ) {
    super(
      `Expected ${serverId} to be running on ${nodeId}, but it has stopped or never started`,
      options,
    );
  }
}

/** No answer to a remote start in time. Whether the process was started cannot be known. */
export class RemoteSpawnTimeoutError extends FaultlineError {
  static readonly code = 'ERR_REMOTE_SPAWN_TIMEOUT';
  override readonly name = 'RemoteSpawnTimeoutError';
  readonly code = RemoteSpawnTimeoutError.code;

  constructor(
    readonly behaviorName: string,
    readonly nodeId: NodeId,
    readonly timeoutMs: number,
  ) {
    super(`No answer from ${nodeId} to the start of ${behaviorName} within ${timeoutMs} ms`);
  }
}

/** `init` failed on the other node, where nothing is left of it; `cause` is what it threw. */
export class RemoteSpawnInitError extends FaultlineError {
  static readonly code = 'ERR_REMOTE_SPAWN_INIT';
  override readonly name = 'RemoteSpawnInitError';
  readonly code = RemoteSpawnInitError.code;

  constructor(
    readonly behaviorName: string,
    readonly nodeId: NodeId,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`init of ${behaviorName} failed on ${nodeId}: ${reason}`, options);
  }
}

/** The name of what was to be started is taken; `cause` says by whom. Nothing was started. */
export class RemoteSpawnRegistrationError extends FaultlineError {
  static readonly code = 'ERR_REMOTE_SPAWN_REGISTRATION';
  override readonly name = 'RemoteSpawnRegistrationError';
  readonly code = RemoteSpawnRegistrationError.code;

  constructor(
    readonly behaviorName: string,
    readonly registeredName: string,
    readonly nodeId: NodeId,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `${behaviorName} was not started on ${nodeId} under the name ${registeredName}: ${reason}`,
      options,
    );
  }
}

/** The other node did not confirm the monitor in time. It was given up: no DOWN will come. */
export class RemoteMonitorTimeoutError extends FaultlineError {
  static readonly code = 'ERR_REMOTE_MONITOR_TIMEOUT';
  override readonly name = 'RemoteMonitorTimeoutError';
  readonly code = RemoteMonitorTimeoutError.code;

  constructor(
    readonly serverId: string,
    readonly nodeId: NodeId,
    readonly timeoutMs: number,
  ) {
    super(
      `${nodeId} did not confirm the monitor of ${serverId} within ${timeoutMs} ms; ` +
        'raise { timeout }, or monitor with GenServer.monitor, which waits for nobody',
    );
  }
}

/** The other node did not confirm the link in time. It was given up: no exit will cross it. */
export class RemoteLinkTimeoutError extends FaultlineError {
  static readonly code = 'ERR_REMOTE_LINK_TIMEOUT';
  override readonly name = 'RemoteLinkTimeoutError';
  readonly code = RemoteLinkTimeoutError.code;

  constructor(
    readonly serverId: string,
    readonly nodeId: NodeId,
    readonly timeoutMs: number,
  ) {
    super(
      `${nodeId} did not confirm the link to ${serverId} within ${timeoutMs} ms; ` +
        'raise { timeout }, or link with GenServer.link, which waits for nobody',
    );
  }
}
