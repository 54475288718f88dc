import { FaultlineError } from '../base/errors.js';
import type { NodeId } from '../base/node-id.js';
import type { GenServerRef } from '../otp/behavior.js';
import type { HostedStart } from '../otp/gen-server.js';
import type { Process } from '../runtime/process.js';
import type { ServiceKey } from '../runtime/service.js';
import type { FrameFence } from './frame.js';

/** A start that a later one, or the child's end, has overtaken. */
export class StaleFenceError extends FaultlineError {
  static readonly code = 'ERR_STALE_FENCE';
  override readonly name = 'StaleFenceError';
  readonly code = StaleFenceError.code;

  constructor(
    readonly childId: string,
    readonly sequence: number,
  ) {
    super(`Start ${sequence} of child ${childId} came too late: a later one is known here`);
  }
}

/** What is started for a supervisor that may be elsewhere. */
export interface FencedStart {
  /** The node of the supervisor. */
  readonly owner: NodeId;
  readonly childId: string;
  readonly fence: FrameFence;
  /** Milliseconds that the child goes on while the supervisor's node is out of reach. */
  readonly orphanTimeoutMs: number;
  /** For a child of which two must never act at a time: how long a lease of it lasts. */
  readonly leaseMs?: number | undefined;
}

/** Runs the start, in the way that whoever admits it asks for. */
export type StartChild = (
  hosted?: Pick<HostedStart, 'gate' | 'spawned'>,
) => Promise<{ ref: GenServerRef; process: Process }>;

/**
 * Stands between a request to start a fenced child and the start. The floor that knows fences puts
 * its own in; without one every start is let through.
 */
export interface SpawnGate {
  admit(start: FencedStart, run: StartChild): Promise<GenServerRef>;
}

export interface SpawnGateHolder {
  gate: SpawnGate;
}

export const SPAWN_GATE: ServiceKey<SpawnGateHolder> = {
  name: 'spawn gate',
  create: () => ({ gate: { admit: async (_start, run) => (await run()).ref } }),
};
