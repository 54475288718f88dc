import type { Host } from './connection.js';
import type { CrashFault } from './plan.js';
import type { TracePoint } from './trace.js';

/** What the world knows of one node, over all its lives. */
export class NodeState {
  deadlineUs: number | undefined;
  /** Counts the wake-ups that were set: only the last one is real. */
  alarm = 0;
  /** A crash that waits for a turn with enough outputs. */
  cut: CrashFault | undefined;
  readonly durable = new Map<string, Uint8Array>();

  constructor(readonly host: Host) {}

  point(atUs: number): TracePoint {
    return { atUs, node: this.host.index, incarnation: this.host.life };
  }
}
