import type { GenServerRef } from '../otp/behavior.js';
import { type DemonitorOptions, type MonitorRef, demonitor, monitor } from '../otp/monitor.js';
import { checkDurationMs } from '../otp/option.js';
import { here } from '../runtime/default-runtime.js';
import { CONFIRMATIONS } from './confirmation.js';
import { RemoteMonitorTimeoutError } from './remote-error.js';
import { checkOwn, reachableNodeOf } from './remote-node.js';

/** How long `RemoteMonitor.monitor` waits. */
export interface RemoteMonitorOptions {
  /** Milliseconds for the other node to confirm the monitor; 10000 by default. */
  readonly timeout?: number;
}

/** Monitors of processes on other nodes, for whoever wants to know that they are in place. */
export const RemoteMonitor = {
  /**
   * Watches `target` for `watcher`, a server of this node, and resolves once the other node knows,
   * or once the end of the monitor is known here: from then on exactly one DOWN is, or was, told.
   * A target that does not run is told as `noproc`, the loss of its node as `noconnection`. When it
   * rejects there is no monitor and no DOWN: NodeNotReachableError, RemoteMonitorTimeoutError, or
   * ServerNotRunningError about the watcher.
   */
  async monitor(
    watcher: AnyRef,
    target: AnyRef,
    options: RemoteMonitorOptions = {},
  ): Promise<MonitorRef> {
    const runtime = here();
    const { timeout = DEFAULT_TIMEOUT_MS } = options;
    checkDurationMs('timeout', timeout);
    checkOwn(runtime, 'the watcher', watcher);
    const nodeId = reachableNodeOf(runtime, target);
    const ref = monitor(runtime, watcher, target);
    if (runtime.isLocal(target)) return ref;
    const confirmation = await runtime.use(CONFIRMATIONS).of(nodeId, timeout);
    // What is answered was in place, late or not.
    if (confirmation !== 'late' || !demonitor(runtime, ref)) return ref;
    throw new RemoteMonitorTimeoutError(target.id, nodeId, timeout);
  },

  /** Gives a monitor up. False when its DOWN was told before; as `GenServer.demonitor`. */
  async demonitor(ref: MonitorRef, options?: DemonitorOptions): Promise<boolean> {
    return demonitor(here(), ref, options);
  },
} as const;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- accepts every instantiation
type AnyRef = GenServerRef<any, any, any, any>;

const DEFAULT_TIMEOUT_MS = 10_000;
