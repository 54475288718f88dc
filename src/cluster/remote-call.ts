import { type CallOptions, call } from '../otp/call.js';
import { cast } from '../otp/cast.js';
import type { GenServerRef } from '../otp/behavior.js';
import type { CallFunction } from '../otp/request.js';
import type { NodeId } from '../base/node-id.js';
import type { Address } from '../runtime/address.js';
import { CallTimeoutError, ServerNotRunningError } from '../runtime/call-error.js';
import { here } from '../runtime/default-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import { RemoteCallTimeoutError, RemoteServerNotRunningError } from './remote-error.js';
import { nodeOf } from './remote-node.js';

/**
 * Calls and casts to a ref that names its node, with errors that name it too. They are those of
 * `GenServer`, which take any ref; what is promised is the same.
 */
export const RemoteCall = {
  /**
   * Sends a message and waits for its reply; the `timeout` is 5000 ms by default. Rejects with
   * RemoteCallTimeoutError, RemoteServerNotRunningError, NodeNotReachableError, LinkFullError, the
   * reason of an aborted `signal`, or what the handler threw. The node hears of a timeout or an
   * abort, and does not begin what still waits there.
   */
  call: ((ref: Address, message: unknown, options?: CallOptions) =>
    remoteCall(here(), ref, message, options)) as CallFunction,

  /**
   * Sends a message and waits for nothing. A node out of reach is no error, as with any cast; a
   * link that has no room for the message throws LinkFullError.
   */
  cast<CastMsg = unknown>(ref: GenServerRef<unknown, unknown, CastMsg>, message: CastMsg): void {
    const runtime = here();
    const nodeId = nodeOf(runtime, ref);
    try {
      cast(runtime, ref, message);
    } catch (error) {
      throw named(error, ref, nodeId);
    }
  },
} as const;

async function remoteCall(
  runtime: Runtime,
  ref: Address,
  message: unknown,
  options: CallOptions | undefined,
): Promise<unknown> {
  const nodeId = nodeOf(runtime, ref);
  try {
    return await call(runtime, ref, message, options);
  } catch (error) {
    throw named(error, ref, nodeId);
  }
}

// An error about another server is one that the handler met on its own errands.
function named(error: unknown, { id }: Address, nodeId: NodeId): unknown {
  if (error instanceof CallTimeoutError && error.serverId === id) {
    return new RemoteCallTimeoutError(id, nodeId, error.timeoutMs, { cause: error });
  }
  if (error instanceof ServerNotRunningError && error.serverId === id) {
    return new RemoteServerNotRunningError(id, nodeId, { cause: error });
  }
  return error;
}
