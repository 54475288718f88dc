import type { ClusterService } from '../../src/cluster/cluster.js';
import { GenServer } from '../../src/otp/facades.js';
import type { Platform } from '../../src/platform/platform.js';
import type { Transport } from '../../src/platform/transport.js';
import type { Runtime } from '../../src/runtime/runtime.js';
import type { Observation } from '../turn.js';

export interface LeavingNode {
  readonly runtime: Runtime;
  readonly cluster: ClusterService;
  readonly platform: Platform;
  readonly transport: Transport;
  /** Timers of the program's own, which no stop takes back. */
  ownTimers(): number;
  observe(observation: Observation): void;
}

/**
 * Leaves the cluster, stops every process of the node that is left, and tells the checkers what
 * there still is: nothing should be.
 */
export async function stopAndTell(node: LeavingNode): Promise<void> {
  const { runtime, cluster, observe } = node;
  const joined = cluster.running;
  await cluster.stop();
  await stopProcesses(runtime);
  const { platform, transport } = node;
  const { pendingTimers = 0 } = platform as Platform & { readonly pendingTimers?: number };
  const { openLinks = 0 } = transport as Transport & { readonly openLinks?: number };
  const processes = [...runtime.processes];
  const left = {
    processes: processes.length,
    links: processes.reduce((sum, { id }) => sum + runtime.links.countOf(id), 0),
    monitors: runtime.monitors.size,
    deadlines: runtime.deadlines.size,
    // A timer that deadlines share stays for a while after the last of them was cleared.
    timers: pendingTimers - runtime.deadlines.idleTimers - node.ownTimers(),
    asked: joined?.pending.asked ?? 0,
    serving: joined?.pending.serving ?? 0,
    openLinks,
  };
  observe({ kind: 'after_stop', left });
}

/** Children of others are told to end by the cluster itself, and may take their time. */
async function stopProcesses(runtime: Runtime): Promise<void> {
  const own = [...runtime.processes].filter(({ id }) => id.startsWith('genserver_'));
  await new Promise<void>((resolve) => {
    const check = (): void => {
      if (runtime.processes.size > 0) return;
      limit.cancel();
      stopWatching();
      resolve();
    };
    const stopWatching = runtime.watchLives({ ended: check });
    const limit = runtime.platform.timers.after(PATIENCE_MS, () => {
      stopWatching();
      resolve();
    });
    for (const { id } of own) void GenServer.stop({ id });
    check();
  });
  // Whoever ended last is told of in this turn, and has its books closed by the next.
  await new Promise<void>((resolve) => void runtime.platform.timers.after(0, resolve));
}

// Longer than a process has to end before it is killed.
const PATIENCE_MS = 6000;
