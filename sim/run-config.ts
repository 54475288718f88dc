import type { Address } from '../src/platform/transport.js';
import type { Plan } from './plan.js';
import type { BufferLimits, TurnOrderName } from './turn.js';

/** One run, completely: the same config gives the same trace hash. Plain data. */
export interface RunConfig {
  readonly seed: number;
  readonly nodes: readonly NodeSpec[];
  readonly plan: Plan;
  /** The run ends at this virtual time, or earlier when nothing is left to happen. */
  readonly durationMs: number;
  readonly latencyUs: { readonly min: number; readonly max: number };
  readonly connectTimeoutMs: number;
  readonly buffer: BufferLimits;
  readonly epochMs: number;
  /** How the ready processes of one node follow each other; `fifo` when left out. */
  readonly turnOrder?: TurnOrderName;
  /** How many of the last trace entries the report holds. */
  readonly keepEntries: number;
  /** Stops before this event of the trace. */
  readonly untilEvent?: number;
  /** Turns allowed at one virtual instant before the run counts as livelocked. */
  readonly turnsPerInstantMax: number;
  /** The machine's milliseconds that one turn may take. No part of the trace. */
  readonly turnBudgetMs: number;
}

/** A node of the cluster, by name and address. */
export interface NodeSpec {
  readonly id: string;
  readonly address: Address;
  /** Handed to the node's program as it is. */
  readonly program: unknown;
}
