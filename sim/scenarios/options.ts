import type { FaultKind } from '../plan.js';
import type { KillOptions } from './kill.js';

/** What is asked for on the command line, or by a sweep: a seed makes a scenario of it. */
export interface ScenarioOptions extends KillOptions {
  /** The name of a scenario; the kills of `npm run sim` when absent. */
  readonly scenario?: string;
  /** Kinds to draw faults from; `swarm` draws the kinds as well, and every parameter. */
  readonly faults?: 'swarm' | readonly FaultKind[];
  /** How many nodes are cut off from the rest for a while. */
  readonly cutOff?: number;
  /** Share of heartbeats that get lost, from 0 to 1. */
  readonly heartbeatLoss?: number;
  /** Nodes that were killed come back, under the same id. */
  readonly restart?: boolean;
  /** The supervisor survives the loss of its node, and its node may be killed, too. */
  readonly takeover?: boolean;
  /** No two incarnations of a child may act at one time; goes with `takeover`, by majority. */
  readonly exclusive?: boolean;
  readonly latencyMs?: { readonly min: number; readonly max: number };
}
